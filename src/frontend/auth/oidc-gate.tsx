import { ApiProvider, type Config, createApi, keys, useMe } from "@reference-architecture/shared";
import { useQueryClient } from "@tanstack/react-query";
import { UserManager } from "oidc-client-ts";
import { useMemo, useState } from "react";
import { AuthProvider, useAuth } from "react-oidc-context";
import { useNavigate } from "react-router";
import type { GateProps } from "./access.ts";
import { OidcSignInPage } from "./oidc-sign-in-page.tsx";

type Oidc = NonNullable<Config["oidc"]>;

/** Loaded only where the deployment signs in by OIDC: its libraries are a third of the page. */
export default function OidcGate({ oidc, children }: GateProps & { oidc: Oidc }) {
  const navigate = useNavigate();
  const [manager] = useState(() => createManager(oidc));
  return (
    <AuthProvider
      userManager={manager}
      onSigninCallback={() => void navigate("/", { replace: true })}
    >
      <WithToken oidc={oidc} manager={manager}>
        {children}
      </WithToken>
    </AuthProvider>
  );
}

function createManager({ issuer, clientId, audience }: Oidc): UserManager {
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: `${location.origin}/auth/callback`,
    post_logout_redirect_uri: `${location.origin}/`,
    // Issuers name the API that a token is for in one of two ways, and pass over the other.
    extraQueryParams: { audience },
    ...(URL.canParse(audience) && { resource: audience }),
    // Renewal goes by refresh token. The other way, a hidden frame of this page, is closed by `frame-ancestors 'none'`.
    automaticSilentRenew: true,
    silent_redirect_uri: "",
  });
}

type InnerProps = GateProps & { oidc: Oidc; manager: UserManager };

/** Everything below asks the API with the token of the moment. */
function WithToken({ oidc, manager, children }: InnerProps) {
  const { user } = useAuth();
  // Where the audience is the page's own client id, it is the ID token that is made out to it.
  const token = oidc.audience === oidc.clientId ? user?.id_token : user?.access_token;
  const valid = token !== undefined && user?.expired !== true;
  const api = useMemo(
    () => createApi({ baseUrl: location.origin, token: () => token ?? null }),
    [token],
  );
  return (
    <ApiProvider value={api}>
      <Account manager={manager} hasToken={valid}>
        {children}
      </Account>
    </ApiProvider>
  );
}

type AccountProps = GateProps & { manager: UserManager; hasToken: boolean };

function Account({ manager, hasToken, children }: AccountProps) {
  const auth = useAuth();
  const me = useMe({ enabled: hasToken });
  const client = useQueryClient();
  const [signOutProblem, setSignOutProblem] = useState<Error | null>(null);

  if (auth.isLoading || auth.activeNavigator !== undefined) return children({ kind: "loading" });

  if (hasToken && me.data) {
    const signOut = async (where: "here" | "everywhere") => {
      try {
        // Here: this browser forgets its tokens. Everywhere: the issuer ends its session too.
        if (where === "everywhere") await auth.signoutRedirect();
        else await auth.removeUser();
        client.removeQueries({ queryKey: keys.examples });
        client.removeQueries({ queryKey: keys.me });
      } catch (error) {
        setSignOutProblem(error as Error);
      }
    };
    // Access tokens seldom carry a name; the ID token does.
    const { name = null, email = null } = auth.user?.profile ?? {};
    const user = { ...me.data, name: me.data.name ?? name, email: me.data.email ?? email };
    const session = { user, signOut, problem: signOutProblem };
    return children({ kind: "signed-in", session });
  }
  if (hasToken && me.isPending) return children({ kind: "loading" });

  const refused = hasToken && me.data === null;
  const error = auth.error ?? me.error;
  const signIn = async () => {
    // The scope that brings a refresh token; issuers that do not know it may refuse the whole request.
    const { scopes_supported = [] } = await manager.metadataService.getMetadata();
    const scopes = ["openid", "profile", "email", "offline_access"];
    const scope = scopes.filter((each) => each === "openid" || scopes_supported.includes(each));
    await auth.signinRedirect({ scope: scope.join(" ") });
  };
  return children({
    kind: "signed-out",
    signIn: <OidcSignInPage onSignIn={signIn} error={error ?? null} refused={refused} />,
  });
}
