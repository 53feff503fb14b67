import { type Example, useCreateExample } from "@reference-architecture/shared";
import { type FormEvent, useRef, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import styles from "./create-form.module.css";
import { nameError, progress } from "./messages.ts";

export function CreateForm({ onCreated }: { onCreated: (example: Example) => void }) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const creation = useCreateExample();
  const announce = useAnnounce();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (creation.isPending) return;
    input.current?.focus();
    const trimmed = name.trim();
    setMissing(trimmed === "");
    if (trimmed === "") return;
    creation.create(trimmed, (created) => {
      setName("");
      announce(`Added ${created.name}`);
      onCreated(created);
    });
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        ref={input}
        label="New example"
        name="name"
        dir="auto"
        autoComplete="off"
        placeholder="Give it a name"
        value={name}
        readOnly={creation.isPending}
        onChange={(event) => {
          setName(event.target.value);
          setMissing(false);
          if (creation.isError) creation.reset();
        }}
        error={missing ? "A name is needed." : nameError(creation.error)}
        hint={progress(creation)}
        action={
          <Button
            type="submit"
            look="primary"
            className={styles.add}
            aria-disabled={creation.isPending}
          >
            {creation.isPending ? "Adding…" : "Add"}
          </Button>
        }
      />
    </form>
  );
}
