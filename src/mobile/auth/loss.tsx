import { useLoss } from "@reference-architecture/shared";
import { useLive } from "../ui/announce.tsx";
import { Text } from "../ui/text.tsx";

/** At the sign-in, and for who is back at once: a session that ends takes with it what was being written. */
export function Loss() {
  const loss = useLoss();
  useLive(loss);
  return (
    loss && (
      <Text tone="danger" role="alert" aria-live="polite">
        {loss}
      </Text>
    )
  );
}
