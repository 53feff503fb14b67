import type { ErrorBoundaryProps } from "expo-router";
import { Button } from "./button.tsx";
import { Screen } from "./screen.tsx";
import { Heading, Text } from "./text.tsx";

/** The last net: what breaks while it is drawn. */
export const Broken = ({ retry }: ErrorBoundaryProps) => (
  <Screen>
    <Heading>The app broke</Heading>
    <Text>This is our fault. What you saved is safe on the server.</Text>
    <Button title="Start over" onPress={() => void retry()} />
  </Screen>
);
