import { useLinkForm } from "@reference-architecture/shared";
import { useRouter } from "expo-router";
import { useState } from "react";
import { announce, useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, RequestId } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { Heading, Text } from "../ui/text.tsx";

const SENT = "Check your mail";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [refused, setRefused] = useState(false);
  const link = useLinkForm();
  const { sentTo, isPending, error, problem, hint } = link;
  const said = sentTo === null ? null : (hint ?? link.sentAgain);
  useLive(said);
  const router = useRouter();
  const paste = () => router.navigate("/auth/verify");

  if (sentTo !== null) {
    return (
      <>
        <Heading>{SENT}</Heading>
        <Text>
          A link is on its way to {sentTo}. It works once, for fifteen minutes. Open it on this
          phone, or paste it here.
        </Text>
        <Button look="primary" title="Paste the link" onPress={paste} />
        <Text tone="inkSoft">
          Nothing there? Check your spam folder. We send at most one link a minute to an address.
        </Text>
        <Button
          title={isPending ? "Sending…" : "Send another"}
          busy={isPending}
          onPress={link.sendAgain}
        />
        <Button look="quiet" title="Use another address" onPress={link.other} />
        <Text role="status" aria-live="polite">
          {said}
        </Text>
        {error && <Failure title="No new link was sent" error={error} />}
      </>
    );
  }

  const submit = () => {
    const isAddress = /^\S+@\S+$/.test(email.trim());
    setRefused(!isAddress);
    if (isAddress) link.send(email.trim(), () => announce(SENT));
  };
  return (
    <>
      <Text>No password: we e-mail you a sign-in link.</Text>
      <Field
        label="E-mail address"
        value={email}
        onChangeText={(text) => {
          setEmail(text);
          setRefused(false);
          link.change();
        }}
        onSubmitEditing={submit}
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        autoCorrect={false}
        readOnly={isPending}
        error={refused ? "Enter an e-mail address." : problem}
        hint={hint}
      />
      {error && <RequestId error={error} />}
      <Button
        look="primary"
        title={isPending ? "Sending…" : "Send me a link"}
        busy={isPending}
        onPress={submit}
      />
      <Button look="quiet" title="I have a link" onPress={paste} />
    </>
  );
}
