import { MutationCache, onlineManager, QueryCache, QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Api } from "./client.ts";
import { isStatus } from "./errors.ts";
import { retryDelay, retryRead, retryWrite } from "./retry.ts";

export const keys = {
  config: ["config"],
  me: ["me"],
  /** The list; what begins with it is forgotten and renewed with it. */
  examples: ["examples"],
  example: (id: string) => ["examples", id] as const,
} as const;

export function createQueryClient(): QueryClient {
  // Whatever request finds the session gone, the question "who am I?" is asked again, and its answer shows the sign-in.
  const onError = (error: Error) => {
    if (isStatus(error, 401)) void client.invalidateQueries({ queryKey: keys.me });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: retryRead, retryDelay, staleTime: 10_000 },
      mutations: { retry: retryWrite, retryDelay },
    },
  });
  return client;
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
