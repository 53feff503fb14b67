import { useOnline } from "@reference-architecture/shared";
import { useLive } from "./announce.ts";
import { Screen } from "./screen.tsx";
import { Text } from "./text.tsx";

const OFFLINE = "You are offline. This will continue when you are back online.";

export function Waiting() {
  const online = useOnline();
  useLive(online ? null : OFFLINE);
  return (
    <Screen>
      <Text tone="inkSoft" role="status" aria-live="polite">
        {online ? "One moment…" : OFFLINE}
      </Text>
    </Screen>
  );
}
