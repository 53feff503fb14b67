import { accountName, facts, type Leaving, type User } from "@reference-architecture/shared";
import Constants from "expo-constants";
import { useRouter } from "expo-router";
import { useDeployment } from "../auth/deployment.ts";
import { useServer } from "../server/server.tsx";
import { ServerForm } from "../server/server-form.tsx";
import { useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Screen } from "../ui/screen.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { Heading, Text } from "../ui/text.tsx";

export default function Settings() {
  const { config, access } = useDeployment();
  const { origin, change } = useServer();
  const router = useRouter();
  const app = Constants.expoConfig?.version ?? "";
  return (
    <Screen>
      {access.kind === "signed-in" && <Account {...access.session} />}
      {access.kind === "failed" && <Account {...access.leaving} />}
      <Heading>About this deployment</Heading>
      <Sheet facts={[...facts(config), ["App", app]]} />
      <Heading>Server</Heading>
      <ServerForm
        key={origin}
        current={origin}
        onServer={(next) => {
          router.dismissTo("/");
          change(next);
        }}
      />
    </Screen>
  );
}

function Account({ user, signOut, signingOut, problem }: Leaving & { user?: User }) {
  const name = user && accountName(user);
  const busy = signingOut !== null;
  useLive(signingOut);
  return (
    <>
      <Heading>Account</Heading>
      {name && <Text>{name}</Text>}
      {user?.email && user.email !== name && <Text tone="inkSoft">{user.email}</Text>}
      {problem && <Failure title="You are still signed in" error={problem} />}
      <Button title="Sign out here" busy={busy} onPress={() => signOut("here")} />
      <Button title="Sign out everywhere" busy={busy} onPress={() => signOut("everywhere")} />
      <Text tone="inkSoft" role="status" aria-live="polite">
        {signingOut}
      </Text>
    </>
  );
}
