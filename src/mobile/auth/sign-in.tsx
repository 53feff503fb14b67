import { useRequestLink, wording } from "@reference-architecture/shared";
import { useRouter } from "expo-router";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { Heading, Text } from "../ui/text.tsx";

export function SignIn() {
  const [email, setEmail] = useState("");
  const [refused, setRefused] = useState(false);
  const request = useRequestLink();
  const router = useRouter();
  const paste = () => router.push("/auth/verify");

  if (request.isSuccess) {
    return (
      <>
        <Heading>Check your mail</Heading>
        <Text>
          A link is on its way to {request.variables}. It works once, for fifteen minutes. Open it
          on this phone, or paste it here.
        </Text>
        <Button look="primary" title="Paste the link" onPress={paste} />
        <Text tone="inkSoft">
          Nothing there? Look among the unwanted mail. At most one link a minute goes to an address.
        </Text>
        <Button title="Send another" onPress={() => request.mutate(request.variables)} />
        <Button look="quiet" title="Use another address" onPress={request.reset} />
      </>
    );
  }

  const submit = () => {
    const isAddress = /^\S+@\S+$/.test(email.trim());
    setRefused(!isAddress);
    if (isAddress && !request.isPending) request.mutate(email.trim());
  };
  const { error } = request;
  const said = error && wording(error, "email");
  return (
    <>
      <Text>No password: a link comes by mail and signs you in.</Text>
      <Field
        label="E-mail address"
        value={email}
        onChangeText={(text) => {
          setEmail(text);
          setRefused(false);
          if (request.isError) request.reset();
        }}
        onSubmitEditing={submit}
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        autoCorrect={false}
        readOnly={request.isPending}
        error={refused ? "An e-mail address is needed." : said}
      />
      {error && <RequestId error={error} />}
      <Button
        look="primary"
        title={request.isPending ? "Sending…" : "Send me a link"}
        busy={request.isPending}
        onPress={submit}
      />
      <Button look="quiet" title="I have a link" onPress={paste} />
    </>
  );
}
