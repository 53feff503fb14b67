import {
  ApiProvider,
  createApi,
  type GateProps,
  SessionGate,
} from "@reference-architecture/shared";
import { useMemo } from "react";
import { useServer } from "../server/server.tsx";
import type { Kept } from "../server/store.ts";
import { SignIn } from "./sign-in.tsx";

/** Everything below asks the API with the token that a mailed link was traded for. */
export function LinkGate({ session, children }: GateProps & { session: Kept }) {
  const { origin } = useServer();
  const api = useMemo(
    () => createApi({ baseUrl: origin, token: () => session.value }),
    [origin, session],
  );
  return (
    <ApiProvider value={api}>
      <SessionGate keepToken={session.keep} signIn={<SignIn />}>
        {children}
      </SessionGate>
    </ApiProvider>
  );
}
