import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useReducer } from "react";
import { userIdOf, useUserId } from "./query-client.ts";

type Words = { text: string; to: string | undefined };
type Said = Words & { turn: number };
const next = ({ turn }: Said, words: Words): Said => ({ ...words, turn: turn + 1 });

/** What was last said to screen readers; `turn` tells the same words said again from those before. */
export function useSaid() {
  const client = useQueryClient();
  const userId = useUserId();
  const [said, put] = useReducer(next, { text: "", to: undefined, turn: 0 });
  // It stays to be read, but not by the next user.
  if (said.text !== "" && said.to !== userId) put({ text: "", to: undefined });
  const say = useCallback((text: string) => put({ text, to: userIdOf(client) }), [client]);
  return { said, say };
}
