import {
  accountName,
  facts,
  type Leaving,
  type User,
  useHasUnsaved,
} from "@reference-architecture/shared";
import Constants from "expo-constants";
import { useRouter } from "expo-router";
import { useState } from "react";
import { useDeployment } from "../auth/deployment.ts";
import { useDeletion } from "../examples/deletion.tsx";
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

  // A deletion that can still be undone is sent when the server is changed, but nobody would be told if that failed.
  const { pending } = useDeletion();
  const isUnsaved = useHasUnsaved() || pending !== null;
  const [isTold, setTold] = useState(false);
  const loss =
    isTold && isUnsaved
      ? "Something is not saved yet, and would be lost. Press again to change the server all the same."
      : null;
  useLive(loss);

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
          if (next !== origin && isUnsaved && !isTold) return setTold(true);
          router.dismissTo("/");
          change(next);
        }}
      />
      <Text tone="danger" role="status" aria-live="polite">
        {loss}
      </Text>
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
