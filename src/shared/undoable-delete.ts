import { useCallback, useEffect, useRef, useState } from "react";
import { useDeleteExample } from "./examples.ts";
import type { Example } from "./types.ts";

/** Time to think again; it stands still while somebody holds it. */
export const UNDO_TIME = 8_000;

export type DeleteProblem =
  | { kind: "conflict"; current: Example }
  | { kind: "failed"; example: Example; error: Error };

/**
 * The API has no way back, so a deletion waits here, hidden from the list, until it can no longer be undone.
 * One waits at a time: the next one, leaving the list, or `flush` sends it at once.
 */
export function useUndoableDelete() {
  const { mutateAsync } = useDeleteExample();
  const [pending, setPending] = useState<Example | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<DeleteProblem | null>(null);
  const [held, setHeld] = useState(false);

  const show = useCallback((id: string) => {
    setHidden((ids) => new Set([...ids].filter((each) => each !== id)));
  }, []);

  const flush = useCallback(async () => {
    if (pending === null) return;
    setPending(null);
    try {
      const outcome = await mutateAsync(pending);
      if (outcome.kind === "conflict") setProblem(outcome);
    } catch (error) {
      setProblem({ kind: "failed", example: pending, error: error as Error });
    }
    show(pending.id);
  }, [pending, mutateAsync, show]);

  useEffect(() => {
    if (pending === null || held) return;
    const timer = setTimeout(flush, UNDO_TIME);
    return () => clearTimeout(timer);
  }, [pending, held, flush]);

  const latestFlush = useRef(flush);
  useEffect(() => {
    latestFlush.current = flush;
  }, [flush]);
  useEffect(() => () => void latestFlush.current(), []);

  return {
    pending,
    hidden,
    problem,
    held,
    remove(example: Example) {
      void flush();
      setProblem(null);
      setHidden((ids) => new Set([...ids, example.id]));
      setPending(example);
      setHeld(false);
    },
    undo() {
      if (pending !== null) show(pending.id);
      setPending(null);
    },
    /** Stops the clock, as while a pointer or the focus rests on the offer to undo. */
    hold: setHeld,
    flush,
    dismissProblem: () => setProblem(null),
  };
}
