import {
  ApiProvider,
  createApi,
  type GateProps,
  keys,
  type Oidc,
  SessionGate,
  setNobody,
} from "@reference-architecture/shared";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { OidcSignInPage } from "./oidc-sign-in-page.tsx";
import { CALLBACK, OidcTokens } from "./oidc-tokens.ts";

/**
 * Everything below asks the API with the issuer's token of the moment. Loaded only where the deployment signs in by
 * OIDC, since the protocol's library is large.
 */
export default function OidcGate({ oidc, children }: GateProps & { oidc: Oidc }) {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [tokens] = useState(() => new OidcTokens(oidc));
  const [api] = useState(() =>
    createApi({ baseUrl: location.origin, token: () => tokens.forApi() }),
  );
  const returning = pathname === CALLBACK;

  useEffect(() => {
    // Also after a failure: what the issuer sent is good only once, and belongs into no history.
    if (!returning) return;
    void tokens.exchange(search).then(() => {
      // Who did not wait here was asked for without the tokens.
      void client.invalidateQueries({ queryKey: keys.me });
      void navigate("/", { replace: true });
    });
  }, [tokens, client, returning, search, navigate]);

  useEffect(() => tokens.whenSignedOutElsewhere(() => setNobody(client)), [tokens, client]);

  return (
    <ApiProvider value={api}>
      {returning ? (
        children({ kind: "loading" })
      ) : (
        <SessionGate
          end={(where) => tokens.signOut(where, client.getQueryData(keys.me) === undefined)}
          profile={() => tokens.profile}
          signIn={<SignIn tokens={tokens} />}
        >
          {children}
        </SessionGate>
      )}
    </ApiProvider>
  );
}

function SignIn({ tokens }: { tokens: OidcTokens }) {
  return (
    <OidcSignInPage
      onSignIn={() => tokens.signIn()}
      error={tokens.problem}
      refused={tokens.areHeld}
    />
  );
}
