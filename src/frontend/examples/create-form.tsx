import { type Example, useCreateForm } from "@reference-architecture/shared";
import { type FormEvent, useRef } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import styles from "./create-form.module.css";

export function CreateForm({ onCreated }: { onCreated: (example: Example) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  const { name, isPending, error, hint, change, submit } = useCreateForm((created) => {
    announce(`Added ${created.name}`);
    onCreated(created);
  });

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) input.current?.focus();
    submit();
  };

  return (
    <form className={styles.form} onSubmit={onSubmit} noValidate>
      <Field
        ref={input}
        label="New example"
        name="name"
        dir="auto"
        autoComplete="off"
        placeholder="Give it a name"
        value={name}
        readOnly={isPending}
        onChange={(event) => change(event.target.value)}
        error={error}
        hint={hint}
        action={
          <Button type="submit" look="primary" className={styles.add} aria-disabled={isPending}>
            {isPending ? "Adding…" : "Add"}
          </Button>
        }
      />
    </form>
  );
}
