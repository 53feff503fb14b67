import { ApiProvider, createApi, createQueryClient } from "@reference-architecture/shared";
import { QueryClientProvider } from "@tanstack/react-query";
import Constants from "expo-constants";
import { createContext, type ReactNode, useContext, useState } from "react";
import { Screen } from "../ui/screen.tsx";
import { Heading, Text } from "../ui/text.tsx";
import { originOf } from "./address.ts";
import { ServerForm } from "./server-form.tsx";
import { open } from "./store.ts";

type Server = {
  origin: string;
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
  const [address] = useState(() => open("server"));
  const [origin, setOrigin] = useState(
    () => address.value ?? originOf(Constants.expoConfig?.extra?.server ?? ""),
  );
  const change = (next: string) => {
    // If that fails, it is asked for again at the next start.
    void address.keep(next);
    setOrigin(next);
  };
  if (origin === null) {
    return (
      <Screen>
        <Heading>Where is your server?</Heading>
        <Text tone="inkSoft">Enter the address that you open in your browser.</Text>
        <ServerForm onServer={change} />
      </Screen>
    );
  }
  return (
    <ServerContext value={{ origin, change }}>
      <Client key={origin} origin={origin}>
        {children}
      </Client>
    </ServerContext>
  );
}

function Client({ origin, children }: { origin: string; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  // Without a token: who is to see one is known only when the server has said what it is.
  const [api] = useState(() => createApi({ baseUrl: origin, token: () => null }));
  return (
    <QueryClientProvider client={client}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>
  );
}
