import { type Mutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { problemIn, useDeleteExample } from "./examples.ts";
import { whenFlushed } from "./flush-writes.ts";
import { keys, tellLoss, userIdOf, useUserId } from "./query-client.ts";
import type { Example } from "./types.ts";

/** Time to think again; it stands still while somebody holds it. */
export const UNDO_TIME = 8_000;

/**
 * The API has no way back, so a deletion waits here, hidden from the list, until it can no longer be undone.
 * One waits at a time: the next one, leaving the list, signing out, or `flush` sends it at once.
 */
export function useUndoableDelete() {
  const client = useQueryClient();
  const { mutateAsync } = useDeleteExample();
  // What is shown, and what is still to be sent: the one may lag behind the other, which is sent once.
  const [pending, setPending] = useState<Example | null>(null);
  const unsent = useRef<{ example: Example; by: string | undefined } | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [held, setHeld] = useState(false);
  /** They stay until they are dismissed, or their user goes. */
  const refused = useMutationState({
    filters: { mutationKey: keys.deletion, predicate: (each) => problemIn(each) !== null },
    select: (each): Mutation => each,
  });
  const [first] = refused;

  // What one user deleted is not for the next one's eyes.
  const userId = useUserId();
  const [owner, setOwner] = useState(userId);
  if (owner !== userId) {
    setOwner(userId);
    setPending(null);
    setHidden(new Set());
  }

  // Nor is it sent when they are back: what is to be undone nowhere is not done.
  useEffect(() => {
    if (unsent.current === null || unsent.current.by === userId) return;
    unsent.current = null;
    tellLoss(client);
  }, [client, userId]);

  const show = useCallback((id: string) => {
    setHidden((ids) => new Set([...ids].filter((each) => each !== id)));
  }, []);

  const flush = useCallback(() => {
    if (unsent.current === null) return;
    const { example, by } = unsent.current;
    unsent.current = null;
    setPending(null);
    if (userIdOf(client) !== by) return tellLoss(client);
    const end = () => show(example.id);
    void mutateAsync(example).then(end, end);
  }, [client, mutateAsync, show]);

  useEffect(() => {
    if (pending === null || held) return;
    const timer = setTimeout(flush, UNDO_TIME);
    return () => clearTimeout(timer);
  }, [pending, held, flush]);

  useEffect(() => {
    const forget = whenFlushed(flush);
    return () => {
      forget();
      flush();
    };
  }, [flush]);

  const dismiss = (problems: Mutation[]) => {
    for (const each of problems) client.getMutationCache().remove(each);
  };

  return {
    pending,
    hidden,
    /** The oldest that was not dismissed yet. */
    problem: first === undefined ? null : problemIn(first),
    held,
    remove(example: Example) {
      if (unsent.current?.example.id === example.id) return;
      flush();
      dismiss(refused.filter((each) => problemIn(each)?.example.id === example.id));
      setHidden((ids) => new Set([...ids, example.id]));
      unsent.current = { example, by: userIdOf(client) };
      setPending(example);
      setHeld(false);
    },
    undo() {
      if (pending !== null) show(pending.id);
      unsent.current = null;
      setPending(null);
    },
    /** Stops the clock, as while a pointer or the focus rests on the offer to undo. */
    hold: setHeld,
    flush,
    dismissProblem: () => dismiss(refused.slice(0, 1)),
  };
}
