import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiProvider, createApi, createQueryClient } from "../index.ts";
import type { FakeApi } from "./fake-api.ts";

/** What every screen and hook stands in, with the fake in the place of the network. */
export function appAround(fake: FakeApi) {
  fake.takeTheNetwork();
  const client = impatient(createQueryClient());
  const api = createApi({ baseUrl: "http://acme.localhost" });
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
}

/** The waits between attempts are tested where they are made; elsewhere only their number counts. */
function impatient(client: ReturnType<typeof createQueryClient>) {
  const { queries, mutations } = client.getDefaultOptions();
  client.setDefaultOptions({
    queries: { ...queries, retryDelay: 0 },
    mutations: { ...mutations, retryDelay: 0 },
  });
  return client;
}
