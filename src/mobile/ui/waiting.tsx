import { useOnline } from "@reference-architecture/shared";
import { View } from "react-native";
import { useLive } from "./announce.tsx";
import { Screen } from "./screen.tsx";
import { Heading } from "./text.tsx";

const OFFLINE = "You are offline. This will continue when you are back online.";

export function Waiting() {
  const online = useOnline();
  useLive(online ? null : OFFLINE);
  return (
    <Screen>
      <View role="status" aria-live="polite">
        <Heading look="body" tone="inkSoft">
          {online ? "One moment…" : OFFLINE}
        </Heading>
      </View>
    </Screen>
  );
}
