import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { send } from "./client.ts";
import { isStatus } from "./errors.ts";
import { flushWrites } from "./flush-writes.ts";
import { forgetUser, keys, setNobody, takenOut, useApi, writesWait } from "./query-client.ts";
import type { User } from "./types.ts";

export function useConfig() {
  const api = useApi();
  return useQuery({
    queryKey: keys.config,
    queryFn: async ({ signal }) =>
      (await send((bounded) => api.GET("/api/config", { signal: bounded }), signal)).data,
    // It changes only with a deployment.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** How soon "who am I?" is asked again while a write waits for an answer. */
const PAUSE = 8_000;

/** Who is signed in; `null` for nobody. */
export function useMe() {
  const api = useApi();
  const client = useQueryClient();
  return useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }): Promise<User | null> => {
      try {
        return (await send((bounded) => api.GET("/api/me", { signal: bounded }), signal)).data;
      } catch (error) {
        if (isStatus(error, 401)) return null;
        throw error;
      }
    },
    refetchInterval: ({ state }) => state.status === "error" && writesWait(client) && PAUSE,
  });
}

/** Sending it twice is harmless: a second link within a minute is not mailed. */
export function useRequestLink() {
  const api = useApi();
  return useMutation({
    mutationFn: (email: string) =>
      send((signal) => api.POST("/api/auth/request-link", { body: { email }, signal })),
  });
}

/**
 * Where clients without cookies put the session's token: before anything is asked with it. `null` forgets it. In
 * browsers the cookie has changed by then.
 */
export type KeepToken = (token: string | null) => void;

/**
 * Trades the token of a mailed link for a session: a cookie in browsers, `token` elsewhere. After a lost answer
 * the second attempt finds the link used and fails as an expired one does: safe, and a new link is one click away.
 */
export function useVerifyLink(keepToken: KeepToken = () => {}) {
  const api = useApi();
  const client = useQueryClient();
  const verify = async (token: string) =>
    (await send((signal) => api.POST("/api/auth/verify", { body: { token }, signal }))).data;
  const underWay = useRef(new Map<string, ReturnType<typeof verify>>());
  return useMutation({
    // A second press, before the first is seen, has the first one's answer: of its own it would find the link used.
    mutationFn: (token: string) => {
      const first = underWay.current.get(token);
      if (first) return first;
      const answer = verify(token).finally(() => underWay.current.delete(token));
      underWay.current.set(token, answer);
      return answer;
    },
    onSuccess: async ({ token }) => {
      // At once: from here on everything is sent as the one who signed in.
      forgetUser(client);
      keepToken(token);
      // Not the answer that nobody is here, kept until the next: if that fails, it is the failure that is to be shown.
      await client.resetQueries({ queryKey: keys.me });
    },
  });
}

type Where = "here" | "everywhere";

export type SignOutOptions = {
  keepToken?: KeepToken;
  /** What ends the session, where it is not the API's own. */
  end?: (where: Where) => Promise<void>;
};

/** Ends this session, or all of the user's; what was written goes before it, what was loaded with it. */
export function useSignOut({ keepToken = () => {}, end }: SignOutOptions = {}) {
  const api = useApi();
  const client = useQueryClient();
  const endAtApi = async (where: Where) => {
    const path = where === "here" ? "/api/auth/logout" : "/api/auth/logout-everywhere";
    try {
      await send((signal) => api.POST(path, { signal }));
    } catch (error) {
      // The session had ended already.
      if (!isStatus(error, 401)) throw error;
    }
  };
  return useMutation({
    mutationKey: keys.leaving,
    mutationFn: async (where: Where) => {
      await flushWrites(client);
      // Whoever asked for it may have gone meanwhile, and it with them: it is not the next one's session to end.
      if (client.isMutating({ mutationKey: keys.leaving }) === 0) throw takenOut();
      await (end ?? endAtApi)(where);
    },
    onSuccess: () => {
      keepToken(null);
      return setNobody(client);
    },
  });
}
