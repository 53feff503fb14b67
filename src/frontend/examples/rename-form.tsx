import {
  type Example,
  keys,
  useCreateExample,
  useRenameExample,
} from "@reference-architecture/shared";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Collision } from "./collision.tsx";
import { nameError, progress } from "./messages.ts";
import styles from "./rename-form.module.css";

/**
 * Renames the version that was on the screen when the form opened: a change that comes in meanwhile is a conflict
 * to be shown, never silently overwritten.
 */
export function RenameForm({ example, onClose }: { example: Example; onClose: () => void }) {
  const [opened] = useState(example);
  const [name, setName] = useState(example.name);
  const input = useRef<HTMLInputElement>(null);
  const renaming = useRenameExample();
  const creation = useCreateExample();
  const announce = useAnnounce();
  const client = useQueryClient();
  const mine = name.trim();

  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  const save = (base: Example) =>
    renaming.mutate(
      { example: base, name: mine },
      {
        onSuccess: (outcome) => {
          if (outcome.kind !== "saved") return;
          announce(`Renamed to ${outcome.example.name}`);
          onClose();
        },
      },
    );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (renaming.isPending) return;
    if (mine === opened.name) onClose();
    else if (mine !== "") save(opened);
  };

  const cancelOnEscape = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !renaming.isPending) onClose();
  };

  const outcome = renaming.data;
  if (outcome?.kind === "conflict") {
    return (
      <Collision
        title="Changed elsewhere while you were editing"
        values={[
          ["Now", outcome.current.name],
          ["Yours", mine],
        ]}
      >
        <Button look="primary" onClick={() => save(outcome.current)}>
          Use yours
        </Button>
        <Button onClick={onClose}>Keep theirs</Button>
      </Collision>
    );
  }
  if (outcome?.kind === "gone") {
    const leave = () => void client.invalidateQueries({ queryKey: keys.examples });
    return (
      <Collision title="Deleted elsewhere while you were editing" values={[["Yours", mine]]}>
        <Button look="primary" onClick={() => creation.create(mine, leave)}>
          Add as new
        </Button>
        <Button onClick={leave}>Let it go</Button>
        {creation.error && <p role="alert">{nameError(creation.error)}</p>}
      </Collision>
    );
  }

  return (
    <form className={styles.form} onSubmit={submit} onKeyDown={cancelOnEscape} noValidate>
      <Field
        ref={input}
        label={`New name for ${opened.name}`}
        hideLabel
        name="name"
        dir="auto"
        autoComplete="off"
        value={name}
        readOnly={renaming.isPending}
        onChange={(event) => setName(event.target.value)}
        error={mine === "" ? "A name is needed." : nameError(renaming.error)}
        hint={progress(renaming)}
        action={
          <>
            <Button
              type="submit"
              look="primary"
              className={styles.save}
              aria-disabled={renaming.isPending}
            >
              {renaming.isPending ? "Saving…" : "Save"}
            </Button>
            <Button onClick={onClose}>Cancel</Button>
          </>
        }
      />
    </form>
  );
}
