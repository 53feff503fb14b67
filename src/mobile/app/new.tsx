import { useCreateForm } from "@reference-architecture/shared";
import { useRouter } from "expo-router";
import { announce } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Screen } from "../ui/screen.tsx";

export default function New() {
  const router = useRouter();
  const { name, isPending, error, hint, change, submit } = useCreateForm((created) => {
    announce(`Added ${created.name}`);
    router.dismissTo("/");
  });
  return (
    <Screen>
      <Field
        label="Name"
        value={name}
        onChangeText={change}
        onSubmitEditing={submit}
        submitBehavior="submit"
        placeholder="Give it a name"
        readOnly={isPending}
        autoFocus
        error={error}
        hint={hint}
      />
      <Button
        look="primary"
        title={isPending ? "Adding…" : "Add"}
        busy={isPending}
        onPress={submit}
      />
    </Screen>
  );
}
