import { Link, Stack } from "expo-router";
import { Screen } from "../ui/screen.tsx";
import { Text } from "../ui/text.tsx";

export default function NotFound() {
  return (
    <Screen>
      <Stack.Screen options={{ title: "Nothing at this address" }} />
      <Text>The screen does not exist, or has been removed.</Text>
      <Link href="/" replace>
        <Text tone="accent">Go to the examples</Text>
      </Link>
    </Screen>
  );
}
