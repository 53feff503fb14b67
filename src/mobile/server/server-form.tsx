import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { originOf } from "./address.ts";

type Props = { current?: string; onServer: (origin: string) => void };

export function ServerForm({ current = "", onServer }: Props) {
  const [address, setAddress] = useState(current);
  const [refused, setRefused] = useState(false);

  const submit = () => {
    const origin = originOf(address);
    setRefused(origin === null);
    if (origin !== null) onServer(origin);
  };

  return (
    <>
      <Field
        label="Server address"
        value={address}
        onChangeText={(text) => {
          setAddress(text);
          setRefused(false);
        }}
        onSubmitEditing={submit}
        placeholder="acme.example.com"
        inputMode="url"
        autoCapitalize="none"
        autoCorrect={false}
        error={refused ? "Enter an https:// address; http:// works for localhost only." : null}
      />
      <Button look="primary" title="Use this server" onPress={submit} />
    </>
  );
}
