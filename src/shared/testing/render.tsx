import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { ApiProvider, createApi, createQueryClient } from "../index.ts";
import type { FakeApi } from "./fake-api.ts";

/** What every screen and hook stands in, with the fake in the place of the network. */
export function appAround(fake: FakeApi) {
  vi.stubGlobal("fetch", fake.fetch);
  const client = createQueryClient();
  // The waits between attempts are tested where they are made; here only their number counts.
  const { queries, mutations } = client.getDefaultOptions();
  client.setDefaultOptions({
    queries: { ...queries, retryDelay: 0 },
    mutations: { ...mutations, retryDelay: 0 },
  });
  const api = createApi({ baseUrl: "http://acme.localhost" });
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
}

export const renderInApp = <Result,>(fake: FakeApi, hook: () => Result) =>
  renderHook(hook, { wrapper: appAround(fake) });
