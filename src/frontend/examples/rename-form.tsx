import { type Example, useRenameForm } from "@reference-architecture/shared";
import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Collision } from "./collision.tsx";
import styles from "./rename-form.module.css";

export function RenameForm({ example, onClose }: { example: Example; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  const form = useRenameForm(example, (saved) => {
    if (saved) announce(`Renamed to ${saved.name}`);
    onClose();
  });
  const { mine, conflict, gone, isPending } = form;

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit();
  };

  const cancelOnEscape = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !isPending) onClose();
  };

  if (conflict) {
    return (
      <Collision
        title="Changed elsewhere while you were editing"
        values={[
          ["Now", conflict.current.name],
          ["Yours", mine],
        ]}
      >
        <Button look="primary" onClick={conflict.overwrite}>
          Use yours
        </Button>
        <Button onClick={onClose}>Keep theirs</Button>
      </Collision>
    );
  }
  if (gone) {
    return (
      <Collision title="Deleted elsewhere while you were editing" values={[["Yours", mine]]}>
        <Button look="primary" onClick={() => gone.addAsNew()}>
          Add as new
        </Button>
        <Button onClick={gone.letGo}>Let it go</Button>
        {gone.error && <p role="alert">{gone.error}</p>}
      </Collision>
    );
  }

  return (
    <form className={styles.form} onSubmit={submit} onKeyDown={cancelOnEscape} noValidate>
      <Field
        ref={input}
        label={`New name for ${form.opened.name}`}
        hideLabel
        name="name"
        dir="auto"
        autoComplete="off"
        value={form.name}
        readOnly={isPending}
        onChange={(event) => form.change(event.target.value)}
        error={form.error}
        hint={form.hint}
        action={
          <>
            <Button type="submit" look="primary" className={styles.save} aria-disabled={isPending}>
              {isPending ? "Saving…" : "Save"}
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </>
        }
      />
    </form>
  );
}
