import {
  ApiProvider,
  createApi,
  type GateProps,
  keys,
  type Oidc,
  SessionGate,
} from "@reference-architecture/shared";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useServer } from "../server/server.tsx";
import type { Kept } from "../server/store.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { Text } from "../ui/text.tsx";
import { OidcTokens } from "./oidc-tokens.ts";

/** Everything below asks the API with the issuer's token of the moment. */
export function OidcGate({ oidc, session, children }: GateProps & { oidc: Oidc; session: Kept }) {
  const { origin } = useServer();
  const client = useQueryClient();
  const tokens = useMemo(() => new OidcTokens(oidc, session), [oidc, session]);
  const api = useMemo(
    () => createApi({ baseUrl: origin, token: () => tokens.forApi() }),
    [origin, tokens],
  );
  return (
    <ApiProvider value={api}>
      <SessionGate
        end={(where) => tokens.signOut(where, client.getQueryData(keys.me) === undefined)}
        profile={() => tokens.profile}
        signIn={<SignIn tokens={tokens} />}
      >
        {children}
      </SessionGate>
    </ApiProvider>
  );
}

function SignIn({ tokens }: { tokens: OidcTokens }) {
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: () => tokens.signIn(),
    // Offline it fails at once: the issuer's window is not to open by itself when the network is back.
    networkMode: "always",
    onSuccess: () => client.invalidateQueries({ queryKey: keys.me }),
  });
  const refused =
    signIn.isSuccess && tokens.areHeld
      ? new Error("You are signed in, but this account has no access here.")
      : null;
  const problem = signIn.error ?? refused;
  return (
    <>
      <Text>Your organisation's sign-in page opens, then brings you back.</Text>
      {problem && <Failure title="You are not signed in" error={problem} />}
      <Button
        look="primary"
        title={signIn.isPending ? "Opening…" : "Continue to sign in"}
        busy={signIn.isPending}
        onPress={() => signIn.mutate()}
      />
    </>
  );
}
