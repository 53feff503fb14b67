import { type Example, useRenameForm } from "@reference-architecture/shared";
import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { usePalette } from "../theme.ts";
import { announce, useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { Heading, Text } from "../ui/text.tsx";

type Props = {
  example: Example;
  onDone: () => void;
  /** When there is nothing left to go back to. */
  onLeave: () => void;
};

export function RenameForm({ example, onDone, onLeave }: Props) {
  const form = useRenameForm(example, (saved) => {
    if (saved) announce(`Renamed to ${saved.name}`);
    onDone();
  });
  const { mine, conflict, gone, isPending } = form;
  const said = gone && (gone.error ?? gone.hint);
  useLive(said);

  if (conflict) {
    return (
      <Collision
        title="Changed elsewhere while you were editing"
        values={[
          ["Now", conflict.current.name],
          ["Yours", mine],
        ]}
      >
        <Button look="primary" title="Use yours" onPress={conflict.overwrite} />
        <Button title="Keep theirs" onPress={onDone} />
      </Collision>
    );
  }
  if (gone) {
    const added = (created: Example) => {
      announce(`Added ${created.name}`);
      onLeave();
    };
    return (
      <Collision title="Deleted elsewhere while you were editing" values={[["Yours", mine]]}>
        <Button
          look="primary"
          title={gone.isPending ? "Adding…" : "Add as new"}
          busy={gone.isPending}
          onPress={() => gone.addAsNew(added)}
        />
        <Button title="Discard" busy={gone.isPending} onPress={() => gone.letGo(onLeave)} />
        {said && <Text tone={gone.error === null ? "inkSoft" : "danger"}>{said}</Text>}
      </Collision>
    );
  }
  return (
    <>
      <Field
        label="New name"
        value={form.name}
        onChangeText={form.change}
        onSubmitEditing={form.submit}
        submitBehavior="submit"
        readOnly={isPending}
        autoFocus
        selectTextOnFocus
        error={form.error}
        hint={form.hint}
      />
      <Button
        look="primary"
        title={isPending ? "Saving…" : "Save"}
        busy={isPending}
        onPress={form.submit}
      />
      <Button title="Cancel" busy={isPending} onPress={form.cancel} />
    </>
  );
}

type CollisionProps = { title: string; values: [string, string][]; children: ReactNode };

/** Two people changed one thing; the reader decides, and sees both before. */
function Collision({ title, values, children }: CollisionProps) {
  const { warning, warningWash } = usePalette();
  useLive(title);
  return (
    <View
      role="alert"
      aria-live="polite"
      style={[styles.collision, { borderColor: warning, backgroundColor: warningWash }]}
    >
      <Heading tone="warning">{title}</Heading>
      <Sheet facts={values} />
      {children}
    </View>
  );
}

const styles = StyleSheet.create({ collision: { gap: 8, padding: 16, borderStartWidth: 2 } });
