import {
  type Mutation,
  matchMutation,
  type QueryClient,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { isStatus } from "./errors.ts";
import { type DeleteOutcome, useDeleteExample } from "./examples.ts";
import { lossOf, type Write } from "./left-write.ts";
import { keys, userIdOf, useUserId } from "./query-client.ts";
import type { Example } from "./types.ts";

/** Time to think again; it stands still while somebody holds it. */
export const UNDO_TIME = 8_000;

const waiting = new Set<() => Promise<void>>();

/**
 * Sends at once what waits anywhere, for who would have no right to it later, and waits for all that is under way.
 * Throws what was refused, since nobody could be told later either.
 */
export async function flushWrites(client: QueryClient) {
  for (const flush of waiting) void flush();
  const writes = client.getMutationCache();
  const sent = writes.findAll({ mutationKey: keys.examples, status: "pending" });
  // What was taken out, because its user is gone, never ends.
  const areOver = () =>
    sent.every((each) => each.state.status !== "pending" || !writes.getAll().includes(each));
  await new Promise<void>((resolve) => {
    const check = () => {
      if (!areOver()) return;
      stop();
      resolve();
    };
    const stop = writes.subscribe(check);
    check();
  });
  for (const write of sent) {
    const isDeletion = matchMutation({ mutationKey: keys.deletion }, write);
    const said = isDeletion ? refusalOf(write as Deletion) : lossOf(write as Write);
    // Without a session there is none to keep.
    if (said && !isStatus(write.state.error, 401)) throw new Error(said.join(""));
  }
}

type Deletion = Mutation<DeleteOutcome, Error, Example>;

function refusalOf({ state: { variables, data, error } }: Deletion) {
  const problem = error && variables ? { example: variables, error } : problemIn(data);
  return problem && refusal(problem);
}

/** Why an example is still there: an error, or a change from elsewhere that made it what it is now. */
export type DeleteProblem = { example: Example; error: Error | null };

const problemIn = (outcome?: DeleteOutcome): DeleteProblem | null =>
  outcome?.kind === "conflict" ? { example: outcome.current, error: null } : null;

/** The problem in words; every second part is a name. */
export const refusal = ({ example: { name }, error }: DeleteProblem) =>
  error === null
    ? ["Not deleted: it was changed elsewhere and is now ", name]
    : ["", name, ` could not be deleted. ${error.message}`];

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
  const [problems, setProblems] = useState<DeleteProblem[]>([]);
  const [held, setHeld] = useState(false);

  // What one user deleted is not for the next one's eyes.
  const userId = useUserId();
  const [owner, setOwner] = useState(userId);
  if (owner !== userId) {
    setOwner(userId);
    setPending(null);
    setHidden(new Set());
    setProblems([]);
  }

  const show = useCallback((id: string) => {
    setHidden((ids) => new Set([...ids].filter((each) => each !== id)));
  }, []);

  const flush = useCallback(async () => {
    if (unsent.current === null) return;
    const { example, by } = unsent.current;
    const isTheirs = () => userIdOf(client) === by;
    unsent.current = null;
    setPending(null);
    if (!isTheirs()) return;
    const problem = await mutateAsync(example).then(problemIn, (error) => ({ example, error }));
    if (!isTheirs()) return;
    if (problem) setProblems((all) => [...all, problem]);
    show(example.id);
  }, [client, mutateAsync, show]);

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
    /** The oldest that was not dismissed yet. */
    problem: problems[0] ?? null,
    held,
    remove(example: Example) {
      if (unsent.current?.example.id === example.id) return;
      void flush();
      setProblems((all) => all.filter((each) => each.example.id !== example.id));
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
    dismissProblem: () => setProblems(([, ...others]) => others),
  };
}
