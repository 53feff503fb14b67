import {
  ApiProvider,
  apiToken,
  audienceParameters,
  createApi,
  type GateProps,
  keys,
  type Oidc,
  scopes,
  useMe,
  withProfile,
} from "@reference-architecture/shared";
import { useQueryClient } from "@tanstack/react-query";
import { UserManager } from "oidc-client-ts";
import { useMemo, useState } from "react";
import { AuthProvider, useAuth } from "react-oidc-context";
import { useNavigate } from "react-router";
import { OidcSignInPage } from "./oidc-sign-in-page.tsx";

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

function createManager(oidc: Oidc): UserManager {
  const { resource, ...extraQueryParams } = audienceParameters(oidc);
  return new UserManager({
    authority: oidc.issuer,
    client_id: oidc.clientId,
    redirect_uri: `${location.origin}/auth/callback`,
    post_logout_redirect_uri: `${location.origin}/`,
    extraQueryParams,
    ...(resource !== undefined && { resource }),
    // Renewal goes by refresh token. The other way, a hidden frame of this page, is closed by `frame-ancestors 'none'`.
    automaticSilentRenew: true,
    silent_redirect_uri: "",
  });
}

type InnerProps = GateProps & { oidc: Oidc; manager: UserManager };

/** Everything below asks the API with the token of the moment. */
function WithToken({ oidc, manager, children }: InnerProps) {
  const { user } = useAuth();
  const token = apiToken(oidc, { access: user?.access_token, id: user?.id_token });
  const valid = token !== null && user?.expired !== true;
  const api = useMemo(() => createApi({ baseUrl: location.origin, token: () => token }), [token]);
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
    const user = withProfile(me.data, auth.user?.profile);
    const session = { user, signOut, problem: signOutProblem };
    return children({ kind: "signed-in", session });
  }
  if (hasToken && me.isPending) return children({ kind: "loading" });

  const refused = hasToken && me.data === null;
  const error = auth.error ?? me.error;
  const signIn = async () => {
    const { scopes_supported } = await manager.metadataService.getMetadata();
    await auth.signinRedirect({ scope: scopes(scopes_supported).join(" ") });
  };
  return children({
    kind: "signed-out",
    signIn: <OidcSignInPage onSignIn={signIn} error={error ?? null} refused={refused} />,
  });
}
