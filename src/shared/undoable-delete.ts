import { useCallback, useEffect, useRef, useState } from "react";
import { useDeleteExample } from "./examples.ts";
import type { Example } from "./types.ts";

/** Time to think again; it stands still while somebody holds it. */
export const UNDO_TIME = 8_000;

const waiting = new Set<() => Promise<void>>();

/** Sends at once what waits anywhere, for who would have no right to it later. */
export const flushDeletions = () => Promise.all([...waiting].map((flush) => flush()));

export type DeleteProblem =
  | { kind: "conflict"; current: Example }
  | { kind: "failed"; example: Example; error: Error };

/**
 * The API has no way back, so a deletion waits here, hidden from the list, until it can no longer be undone.
 * One waits at a time: the next one, leaving the list, signing out, or `flush` sends it at once.
 */
export function useUndoableDelete() {
  const { mutateAsync } = useDeleteExample();
  // What is shown, and what is still to be sent: the one may lag behind the other, which is sent once.
  const [pending, setPending] = useState<Example | null>(null);
  const unsent = useRef<Example | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<DeleteProblem | null>(null);
  const [held, setHeld] = useState(false);

  const show = useCallback((id: string) => {
    setHidden((ids) => new Set([...ids].filter((each) => each !== id)));
  }, []);

  const flush = useCallback(async () => {
    const example = unsent.current;
    if (example === null) return;
    unsent.current = null;
    setPending(null);
    try {
      const outcome = await mutateAsync(example);
      if (outcome.kind === "conflict") setProblem(outcome);
    } catch (error) {
      setProblem({ kind: "failed", example, error: error as Error });
    }
    show(example.id);
  }, [mutateAsync, show]);

  useEffect(() => {
    if (pending === null || held) return;
    const timer = setTimeout(flush, UNDO_TIME);
    return () => clearTimeout(timer);
  }, [pending, held, flush]);

  useEffect(() => {
    waiting.add(flush);
    return () => {
      waiting.delete(flush);
      void flush();
    };
  }, [flush]);

  return {
    pending,
    hidden,
    problem,
    held,
    remove(example: Example) {
      void flush();
      setProblem(null);
      setHidden((ids) => new Set([...ids, example.id]));
      unsent.current = example;
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
    dismissProblem: () => setProblem(null),
  };
}
