import { useState } from "react";
import { Page } from "../shell/page.tsx";
import { Button } from "../ui/button.tsx";
import styles from "./auth.module.css";
import { Loss } from "./loss.tsx";

type Props = {
  onSignIn: () => Promise<void>;
  /** Why the last attempt came to nothing. */
  error: Error | null;
  /** The issuer signed somebody in whom the API does not accept. */
  refused: boolean;
};

export function OidcSignInPage({ onSignIn, error, refused }: Props) {
  const [unreachable, setUnreachable] = useState(false);
  const [leaving, setLeaving] = useState(false);

  const signIn = async () => {
    setLeaving(true);
    setUnreachable(false);
    try {
      await onSignIn();
    } catch {
      setUnreachable(true);
    } finally {
      // Also when somebody comes back by the browser's button, to a page that it kept.
      setLeaving(false);
    }
  };

  const said = unreachable
    ? "The sign-in service could not be reached."
    : refused
      ? "You are signed in, but this account has no access here."
      : error?.message;
  return (
    <Page
      title="Sign in"
      intro={<p>Your organisation's sign-in page opens, then brings you back.</p>}
    >
      <div className={styles.panel}>
        <Loss />
        {said !== undefined && (
          <div role="alert" className={styles.problem}>
            <p>{said}</p>
          </div>
        )}
        <div className={styles.choices}>
          <Button look="primary" aria-disabled={leaving} onClick={() => !leaving && void signIn()}>
            {leaving ? "Opening…" : "Continue to sign in"}
          </Button>
        </div>
      </div>
    </Page>
  );
}
