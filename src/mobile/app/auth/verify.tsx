import { isStatus, useVerifyLink } from "@reference-architecture/shared";
import { useLocalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { useDeployment } from "../../auth/deployment.ts";
import { useServer } from "../../server/server.tsx";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Field } from "../../ui/field.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Heading, Text } from "../../ui/text.tsx";

/** Whatever is pasted: the whole link, or the token alone. */
const tokenOf = (text: string) => /(?:token=|^\s*)([\w.-]+)\s*$/.exec(text)?.[1] ?? null;

/** Where the mailed link leads. Opening it spends nothing: a person has to press the button. */
export default function Verify() {
  const { "#": fragment } = useLocalSearchParams<{ "#"?: string }>();
  const { config } = useDeployment();
  const { session } = useServer();
  const [pasted, setPasted] = useState("");
  const verification = useVerifyLink(session.keep);
  const router = useRouter();
  const linked = tokenOf(fragment ?? "");
  const token = linked ?? tokenOf(pasted);
  const isSpent = isStatus(verification.error, 401);

  const verify = () => {
    if (token === null) return;
    verification.mutate(token, { onSuccess: () => router.dismissTo("/") });
  };

  if (isSpent) {
    return (
      <Screen>
        <Heading>This link is spent</Heading>
        <Text>
          It was used already, is older than fifteen minutes, was not copied whole, or is for
          another server.
        </Text>
        <Button title="Get a new link" onPress={() => router.dismissTo("/")} />
      </Screen>
    );
  }
  return (
    <Screen>
      <Text>You are about to sign in to {config.tenant} in this app.</Text>
      {linked === null && (
        <Field
          label="Link from the mail"
          value={pasted}
          onChangeText={setPasted}
          autoCapitalize="none"
          autoCorrect={false}
          hint="Copy the link in the mail, and paste it here."
        />
      )}
      {verification.isError && (
        <Failure title="You could not be signed in" error={verification.error} />
      )}
      <Button
        look="primary"
        title={verification.isPending ? "Signing in…" : "Sign in"}
        busy={verification.isPending || token === null}
        onPress={verify}
      />
    </Screen>
  );
}
