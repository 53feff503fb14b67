import {
  MutationCache,
  notifyManager,
  onlineManager,
  QueryCache,
  QueryClient,
  skipToken,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Api } from "./client.ts";
import { isStatus } from "./errors.ts";
import { retryDelay, retryRead, retryWrite } from "./retry.ts";
import type { User } from "./types.ts";

export const keys = {
  config: ["config"],
  me: ["me"],
  /** What begins with it, writes too, is a user's, of whatever resource, and is forgotten with its user. */
  users: ["users"],
  /** The list; what begins with it, writes too, is renewed with it. */
  examples: ["users", "examples"],
  example: (id: string) => ["users", "examples", id] as const,
  creation: (from: string) => ["users", "examples", "creation", from] as const,
  renaming: ["users", "examples", "renaming"],
  deletion: ["users", "examples", "deletion"],
  /** Signing out: its user's as well, but it waits for what is below `users`, and so is not there itself. */
  leaving: ["leaving"],
  /** Not below `users`: it is told when its user is gone. */
  loss: ["loss"],
} as const;

export function createQueryClient(): QueryClient {
  // Whatever request finds the session gone, the question "who am I?" is asked again, and its answer shows the sign-in.
  const onError = (error: Error) => {
    if (isStatus(error, 401)) void client.invalidateQueries({ queryKey: keys.me });
  };
  const writes: Writes = new Writes({
    onError,
    // The answer to what was taken out changes nothing any more, and is told to nobody.
    onSuccess: (_data, _sent, _context, write) => {
      if (!writes.has(write)) throw takenOut();
    },
  });
  const client = new Client({
    queryCache: new QueryCache({ onError }),
    mutationCache: writes,
    defaultOptions: {
      queries: { retry: retryRead, retryDelay, staleTime: 10_000 },
      mutations: { retry: retryWrite, retryDelay },
    },
  });
  // It waits for whoever it is told, however long nobody looks.
  client.setQueryDefaults(keys.loss, { gcTime: Number.POSITIVE_INFINITY });
  // However it changes who is here: by a sign-out, by the answer to "who am I?", or because nobody asks any more.
  let userId: string | undefined;
  client.getQueryCache().subscribe((event) => {
    const before = userId;
    userId = userIdOf(client);
    if (userId !== before) forgetUser(client);
    const isAnswer = event.type === "updated" && event.action.type === "success";
    if (isAnswer && event.query.queryKey[0] === keys.me[0]) void client.resumeWrites();
  });
  return client;
}

/** Why nothing more comes of what went with its user. */
export const takenOut = () => new Error("Whoever began this is no longer here.");

type Write = Parameters<MutationCache["canRun"]>[0];

class Writes extends MutationCache {
  has(write: Write) {
    return this.getAll().includes(write);
  }

  /** What was taken out makes no further attempt, even one whose time has come. */
  override canRun(write: Write) {
    return this.has(write) && super.canRun(write);
  }
}

class Client extends QueryClient {
  /** What waited is sent only when it is known whose it would be: another tab may have changed that. */
  override async resumePausedMutations() {
    if (!writesWait(this) || !this.getQueryState(keys.me)) return this.resumeWrites();
    return this.refetchQueries({ queryKey: keys.me });
  }

  resumeWrites() {
    return super.resumePausedMutations();
  }
}

export const writesWait = (client: QueryClient) =>
  client.isMutating({ predicate: ({ state }) => state.isPaused }) > 0;

/** What one user loaded is not for the next one's eyes, and what they left unfinished is not the next one's to write. */
export function forgetUser(client: QueryClient) {
  const writes = client.getMutationCache();
  const { length: lost } = writes.findAll({ mutationKey: keys.users, predicate: isUnsaved });
  client.setQueryData<string | null>(keys.loss, lost > 0 ? LOSS : null);
  for (const mutationKey of [keys.users, keys.leaving]) {
    for (const write of writes.findAll({ mutationKey })) writes.remove(write);
  }
  client.removeQueries({ queryKey: keys.users });
}

/** What was refused otherwise its reader has been told. */
const isUnsaved = ({ state }: Write) => state.status === "pending" || isStatus(state.error, 401);

const LOSS = "Your session has ended. What was not saved is gone.";

/** For what is lost before it is a write. It is not told to the next one. */
export function tellLoss(client: QueryClient) {
  if (userIdOf(client) === undefined) client.setQueryData<string | null>(keys.loss, LOSS);
}

/** What the sign-in says to whoever did not sign out: their session took with it what they were writing. */
export function useLoss(): string | null {
  return useQuery<string | null>({ queryKey: keys.loss, queryFn: skipToken }).data ?? null;
}

/** Nobody is here any more, whatever an answer that is on its way says. */
export async function setNobody(client: QueryClient) {
  await client.cancelQueries({ queryKey: keys.me });
  client.setQueryData<User | null>(keys.me, null);
}

export const userIdOf = (client: QueryClient) => client.getQueryData<User | null>(keys.me)?.userId;

/** Who is here, as far as that was asked. */
export function useUserId() {
  const client = useQueryClient();
  return useSyncExternalStore(
    useCallback(
      (changed) => client.getQueryCache().subscribe(notifyManager.batchCalls(changed)),
      [client],
    ),
    () => userIdOf(client),
  );
}

const ApiContext = createContext<Api | null>(null);
export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === null) throw new Error("useApi needs an ApiProvider above it");
  return api;
}

export const useOnline = () =>
  useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
