import {
  type Access,
  accountName,
  type Config,
  isStatus,
  progress,
  useOnline,
  useVerifyLink,
} from "@reference-architecture/shared";
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { Page } from "../shell/page.tsx";
import { Waiting } from "../shell/waiting.tsx";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import styles from "./auth.module.css";
import { tellTabs } from "./link-gate.tsx";

/**
 * Where the mailed link leads. Opening it spends nothing, since mail scanners open links too: a person has to
 * press the button. The token is in the fragment, which no server and no log ever sees.
 */
export function VerifyPage({ config, access }: Omit<Props, "token">) {
  const { hash } = useLocation();
  const carried = new URLSearchParams(hash.slice(1)).get("token");
  const [token, setToken] = useState(carried);
  // A second link in the same tab changes the fragment alone.
  if (carried !== null && carried !== token) setToken(carried);
  return <Verification key={token} token={token} config={config} access={access} />;
}

type Props = {
  token: string | null;
  config: Config;
  /** Who is signed in already: the link may be somebody else's. */
  access: Access;
};

function Verification({ token, config, access }: Props) {
  // Set for the build where there is an app to open. Its link holds this one whole: the app asks no other server.
  const appScheme: string | undefined = import.meta.env.VITE_APP_SCHEME;
  const navigate = useNavigate();
  const verification = useVerifyLink(tellTabs);
  const online = useOnline();
  const { isIdle, isError, isPending } = verification;
  // From the press on it may be the other one: what was said then stays until the page goes.
  const [before, setBefore] = useState(access);
  if (access !== before && (isIdle || isError)) setBefore(access);

  if (token === null || isStatus(verification.error, 401)) {
    return (
      <Page
        title="This link no longer works"
        intro={
          <p>It was used already, is older than fifteen minutes, or was not copied completely.</p>
        }
      >
        <div className={styles.panel}>
          <p>A new one takes a moment.</p>
          <div className={styles.choices}>
            <Link to="/" replace className={styles.onward}>
              Get a new link
            </Link>
          </div>
        </div>
      </Page>
    );
  }

  // Nobody presses a button that what is still to be said pushes down.
  if (before.kind === "loading") return <Waiting />;

  // Replaces the entry that holds the token: the way back does not lead to it.
  const verify = () =>
    verification.mutate(token, { onSuccess: () => void navigate("/", { replace: true }) });

  return (
    <Page
      title="Confirm sign-in"
      intro={
        <p>
          You are about to sign in to <bdi>{config.tenant}</bdi> in this browser.
        </p>
      }
    >
      <div className={styles.panel}>
        {before.kind === "signed-in" && (
          <p>
            You are signed in as{" "}
            <bdi className={styles.address}>{accountName(before.session.user)}</bdi>. Signing in
            with this link replaces that.
          </p>
        )}
        {before.kind === "failed" && (
          <p>
            Whether somebody is signed in here could not be found out. If so, signing in with this
            link replaces that.
          </p>
        )}
        <p>The link works once. The link is used only when you press the button.</p>
        <div className={styles.choices}>
          <Button look="primary" aria-disabled={isPending} onClick={() => !isPending && verify()}>
            {isPending ? "Signing in…" : "Sign in"}
          </Button>
          {appScheme && (
            <a
              href={`${appScheme}://auth/verify#${location.origin}/auth/verify#token=${encodeURIComponent(token)}`}
              className={styles.onward}
            >
              Open in the app
            </a>
          )}
        </div>
        <p role="status">{progress(verification, online)}</p>
        {isError && <Failure title="You could not be signed in" error={verification.error} />}
      </div>
    </Page>
  );
}
