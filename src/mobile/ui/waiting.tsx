import { useOnline } from "@reference-architecture/shared";
import { useLive } from "./announce.ts";
import { Screen } from "./screen.tsx";
import { Text } from "./text.tsx";

const OFFLINE = "You are offline. This goes on when the connection is back.";

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
