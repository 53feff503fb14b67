import { type Example, useRenameForm } from "@reference-architecture/shared";
import type { FormEvent, KeyboardEvent } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Collision } from "./collision.tsx";
import styles from "./rename-form.module.css";

type Props = {
  example: Example;
  /** With what took its place, if anything did. */
  onClose: (next?: Example) => void;
};

export function RenameForm({ example, onClose }: Props) {
  const announce = useAnnounce();
  const form = useRenameForm(example, (saved) => {
    if (saved) announce(`Renamed to ${saved.name}`);
    onClose();
  });
  const { mine, conflict, gone, isPending } = form;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.submit();
  };

  const cancelOnEscape = (event: KeyboardEvent) => {
    // In the middle of a word of many keystrokes it takes those back, and nothing else.
    if (event.key === "Escape" && !event.nativeEvent.isComposing) form.cancel();
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
        <Button onClick={() => onClose()}>Keep theirs</Button>
      </Collision>
    );
  }
  if (gone) {
    const added = (created: Example) => {
      announce(`Added ${created.name}`);
      onClose(created);
    };
    return (
      <Collision title="Deleted elsewhere while you were editing" values={[["Yours", mine]]}>
        <Button look="primary" aria-disabled={gone.isPending} onClick={() => gone.addAsNew(added)}>
          {gone.isPending ? "Adding…" : "Add as new"}
        </Button>
        <Button aria-disabled={gone.isPending} onClick={() => gone.letGo(() => onClose())}>
          Discard
        </Button>
        <p role="status">{gone.error ?? gone.hint}</p>
      </Collision>
    );
  }

  return (
    <form className={styles.form} onSubmit={submit} onKeyDown={cancelOnEscape} noValidate>
      <Field
        ref={focus}
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
            <Button aria-disabled={isPending} onClick={form.cancel}>
              Cancel
            </Button>
          </>
        }
      />
    </form>
  );
}

/** Whenever the field comes: with the form, and again when a decision about a collision is on its way. */
function focus(input: HTMLInputElement | null) {
  input?.focus();
  input?.select();
}
