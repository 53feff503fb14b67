import { useLoss } from "@reference-architecture/shared";
import { Stack, useRouter } from "expo-router";
import { useDeployment } from "../auth/deployment.ts";
import { ExampleList } from "../examples/example-list.tsx";
import { useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Screen } from "../ui/screen.tsx";
import { Text } from "../ui/text.tsx";
import { Waiting } from "../ui/waiting.tsx";

export default function Home() {
  const { access } = useDeployment();
  const router = useRouter();
  const isInside = access.kind === "open" || access.kind === "signed-in";
  return (
    <>
      <Stack.Screen
        options={{
          title: access.kind === "signed-out" ? "Sign in" : "Examples",
          headerLeft: () => (
            <Button look="quiet" title="Settings" onPress={() => router.navigate("/settings")} />
          ),
          headerRight: () =>
            isInside && <Button look="quiet" title="New" onPress={() => router.navigate("/new")} />,
        }}
      />
      <Content />
    </>
  );
}

function Content() {
  const { access } = useDeployment();
  const router = useRouter();
  switch (access.kind) {
    case "loading":
      return <Waiting />;
    case "failed":
      return (
        <Screen>
          <Failure
            title="Your account could not be loaded"
            error={access.error}
            onRetry={access.retry}
          />
          <Button title="Sign out" onPress={() => router.navigate("/settings")} />
        </Screen>
      );
    case "signed-out":
      return (
        <Screen>
          <Loss />
          {access.signIn}
        </Screen>
      );
    default:
      return <ExampleList />;
  }
}

/** A session that ends by itself takes with it what was being written. */
function Loss() {
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
