import { useOnline } from "@reference-architecture/shared";
import { Screen } from "./screen.tsx";
import { Text } from "./text.tsx";

export function Waiting() {
  const online = useOnline();
  return (
    <Screen>
      <Text tone="inkSoft" role="status" aria-live="polite">
        {online ? "One moment…" : "You are offline. This goes on when the connection is back."}
      </Text>
    </Screen>
  );
}
