import { Screen } from "./screen.tsx";
import { Text } from "./text.tsx";

export const Waiting = () => (
  <Screen>
    <Text tone="inkSoft" role="status" aria-live="polite">
      One moment…
    </Text>
  </Screen>
);
