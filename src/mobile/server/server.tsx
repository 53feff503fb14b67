import { ApiProvider, createApi, createQueryClient } from "@reference-architecture/shared";
import { QueryClientProvider } from "@tanstack/react-query";
import Constants from "expo-constants";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { Screen } from "../ui/screen.tsx";
import { Heading, Text } from "../ui/text.tsx";
import { originOf } from "./address.ts";
import { ServerForm } from "./server-form.tsx";
import { type Kept, open, openSession } from "./store.ts";

type Server = {
  origin: string;
  session: Kept;
  /** Everything that was loaded from the other one stays there. */
  change: (origin: string) => void;
};

const ServerContext = createContext<Server | null>(null);

export function useServer(): Server {
  const server = useContext(ServerContext);
  if (server === null) throw new Error("useServer needs a ServerProvider above it");
  return server;
}

/** Finds out which server the app speaks to, or asks; the tenant is the one of the server's host. */
export function ServerProvider({ children }: { children: ReactNode }) {
  const [address, setAddress] = useState<Kept | null>(null);
  const [at, setAt] = useState<{ origin: string; session: Kept } | null>(null);

  const visit = async (origin: string) => setAt({ origin, session: await openSession(origin) });

  useEffect(() => {
    void open("server").then(async (kept) => {
      const origin = kept.value ?? originOf(Constants.expoConfig?.extra?.server ?? "");
      if (origin !== null) setAt({ origin, session: await openSession(origin) });
      setAddress(kept);
    });
  }, []);

  if (address === null) return null;
  const change = (origin: string) => {
    address.keep(origin);
    void visit(origin);
  };
  if (at === null) {
    return (
      <Screen>
        <Heading>Where is your server?</Heading>
        <Text tone="inkSoft">Its address is that of your team's page.</Text>
        <ServerForm onServer={change} />
      </Screen>
    );
  }
  return (
    <ServerContext value={{ ...at, change }}>
      <Client key={at.origin}>{children}</Client>
    </ServerContext>
  );
}

function Client({ children }: { children: ReactNode }) {
  const { origin, session } = useServer();
  const [client] = useState(createQueryClient);
  const api = useMemo(
    () => createApi({ baseUrl: origin, token: () => session.value }),
    [origin, session],
  );
  return (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
}
