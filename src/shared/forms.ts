import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { forget, useCreateExample, useRenameExample } from "./examples.ts";
import { nameError, progress } from "./messages.ts";
import type { Example } from "./types.ts";

const MISSING = "A name is needed.";

/** What a form for a new example holds and does, without its looks. */
export function useCreateForm(onCreated: (example: Example) => void) {
  const [name, setName] = useState("");
  const [missing, setMissing] = useState(false);
  const creation = useCreateExample();

  return {
    name,
    isPending: creation.isPending,
    error: missing ? MISSING : nameError(creation.error),
    hint: progress(creation),
    change(next: string) {
      setName(next);
      setMissing(false);
      if (creation.isError) creation.reset();
    },
    submit() {
      if (creation.isPending) return;
      const trimmed = name.trim();
      setMissing(trimmed === "");
      if (trimmed === "") return;
      creation.create(trimmed, (created) => {
        setName("");
        onCreated(created);
      });
    },
  };
}

/**
 * Renames the version that was on the screen when the form opened: a change that comes in meanwhile is a conflict
 * to be shown, never silently overwritten. `onDone` gets what was saved, or nothing where nothing had to be.
 */
export function useRenameForm(example: Example, onDone: (saved?: Example) => void) {
  const [opened] = useState(example);
  const [name, change] = useState(example.name);
  const renaming = useRenameExample();
  const creation = useCreateExample();
  const client = useQueryClient();
  const mine = name.trim();
  const outcome = renaming.data;

  const save = (base: Example) =>
    renaming.mutate(
      { example: base, name: mine },
      { onSuccess: (outcome) => outcome.kind === "saved" && onDone(outcome.example) },
    );
  const letGo = () => forget(client, opened.id);

  return {
    opened,
    name,
    mine,
    change,
    isPending: renaming.isPending,
    error: mine === "" ? MISSING : nameError(renaming.error),
    hint: progress(renaming),
    submit() {
      if (renaming.isPending) return;
      if (mine === opened.name) onDone();
      else if (mine !== "") save(opened);
    },
    /** The other's change that came first, until it is decided whose stays. */
    conflict:
      outcome?.kind === "conflict"
        ? { current: outcome.current, overwrite: () => save(outcome.current) }
        : null,
    /** Set when somebody deleted it meanwhile. */
    gone:
      outcome?.kind === "gone"
        ? {
            addAsNew(then: (created: Example) => void) {
              // Success ends the panel, but it may be seen, and pressed, while it leaves the screen.
              if (creation.isPending || creation.isSuccess) return;
              creation.create(mine, (created) => {
                letGo();
                then(created);
              });
            },
            letGo(then: () => void) {
              if (creation.isPending) return;
              letGo();
              then();
            },
            isPending: creation.isPending,
            error: nameError(creation.error),
            hint: progress(creation),
          }
        : null,
  };
}
