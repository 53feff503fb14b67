import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "./errors.ts";
import { letGo, useCreateExample, useRenameExample } from "./examples.ts";
import { keepCreation, leaveRename } from "./left-write.ts";
import { nameError, progress, wording } from "./messages.ts";
import { useOnline } from "./query-client.ts";
import { useRequestLink } from "./session.ts";
import type { Example } from "./types.ts";

const MISSING = "Enter a name.";
const SENT_AGAIN = "Another link is on its way, unless one was sent less than a minute ago.";

/** What a form that asks for a sign-in link holds and does, from its address to where the link went. */
export function useLinkForm() {
  const request = useRequestLink();
  const { mutate, reset, isPending, isSuccess, error } = request;
  const online = useOnline();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [isAgain, setAgain] = useState(false);

  return {
    sentTo,
    isPending,
    error,
    problem: error && wording(error, "email"),
    hint: progress(request, online),
    // The answer is the same whether a link was mailed or not.
    sentAgain: isAgain && isSuccess ? SENT_AGAIN : null,
    send(address: string, onSent = () => {}) {
      if (isPending) return;
      const sent = () => {
        setSentTo(address);
        onSent();
      };
      mutate(address, { onSuccess: sent });
    },
    sendAgain() {
      if (isPending || sentTo === null) return;
      setAgain(true);
      mutate(sentTo);
    },
    /** What went wrong was with another address. */
    change() {
      if (error !== null) reset();
    },
    /** Back to the address. */
    other() {
      setSentTo(null);
      setAgain(false);
      reset();
    },
  };
}

/** What a form for a new example holds and does, without its looks. */
export function useCreateForm(onCreated: (example: Example) => void) {
  const [typed, setTyped] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const creation = useCreateExample();
  const client = useQueryClient();
  const online = useOnline();
  useEffect(() => keepCreation(client), [client]);
  const isPending = creation.status === "pending";
  // What was sent is in the form until it is stored, also in one that opens meanwhile: nobody is to send it again.
  const unstored = creation.status === "success" ? undefined : creation.name;
  const name = typed ?? unstored ?? "";

  return {
    name,
    isPending,
    error: missing ? MISSING : typed === null ? nameError(creation.error) : null,
    hint: progress(creation, online),
    change(next: string) {
      setTyped(next);
      setMissing(false);
    },
    submit() {
      if (isPending) return;
      const trimmed = name.trim();
      setMissing(trimmed === "");
      if (trimmed === "") return;
      setTyped(null);
      creation.create(trimmed, onCreated);
    },
  };
}

/** At the first attempt: of one before it the refusal of a later one says nothing. */
const isRefused = ({ error, failureCount }: { error: Error | null; failureCount: number }) =>
  failureCount === 1 && error instanceof ApiError && error.status >= 400 && error.status < 500;

/**
 * Renames the version that was on the screen when the form opened: a change that comes in meanwhile is a conflict
 * to be shown, never silently overwritten. `onDone` gets what was saved, or nothing where nothing had to be.
 */
export function useRenameForm(example: Example, onDone: (saved?: Example) => void) {
  const [opened] = useState(example);
  const [name, change] = useState(example.name);
  const renaming = useRenameExample();
  const creation = useCreateExample(example.id);
  const client = useQueryClient();
  const online = useOnline();
  useEffect(() => () => leaveRename(client, opened), [client, opened]);
  /** Whether another name may be stored: somebody else's, or one that was sent and failed. */
  const differs = useRef(false);
  const mine = name.trim();
  const outcome = renaming.data;
  // What was wrong with one name is not said of the next.
  const error = renaming.variables?.name === mine ? renaming.error : null;

  const save = (base: Example) =>
    renaming.mutate(
      { example: base, name: mine },
      { onSuccess: (outcome) => outcome.kind === "saved" && onDone(outcome.example) },
    );

  return {
    opened,
    name,
    mine,
    change,
    isPending: renaming.isPending,
    error: mine === "" ? MISSING : nameError(error),
    hint: progress(renaming, online),
    submit() {
      if (renaming.isPending) return;
      differs.current ||= renaming.isError && !isRefused(renaming);
      // Only a save brings it back then.
      if (mine === opened.name && !differs.current) onDone();
      else if (mine !== "") save(opened);
    },
    /** Not while it is being saved: it would be saved all the same. */
    cancel() {
      if (!renaming.isPending) onDone();
    },
    /** The other's change that came first, until it is decided whose stays. */
    conflict:
      outcome?.kind === "conflict"
        ? {
            current: outcome.current,
            overwrite() {
              differs.current = true;
              save(outcome.current);
            },
          }
        : null,
    /** Set when somebody deleted it meanwhile. */
    gone:
      outcome?.kind === "gone"
        ? {
            addAsNew(then: (created: Example) => void) {
              // Success ends the panel, but it may be seen, and pressed, while it leaves the screen.
              if (creation.status === "pending" || creation.status === "success") return;
              creation.create(mine, then);
            },
            letGo(then: () => void) {
              if (creation.status === "pending") return;
              letGo(client, opened.id);
              then();
            },
            isPending: creation.status === "pending",
            error: nameError(creation.error),
            hint: progress(creation, online),
          }
        : null,
  };
}
