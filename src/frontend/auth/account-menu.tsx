import { accountName, type Leaving, type Session } from "@reference-architecture/shared";
import { useEffect, useId, useRef } from "react";
import { Button } from "../ui/button.tsx";
import styles from "./account-menu.module.css";

/** A popover of the platform's own: it closes on Escape and on a press outside, and gives the focus back. */
export function AccountMenu({ session }: { session: Session }) {
  const { user, ...leaving } = session;
  const id = useId();
  const name = accountName(user);
  const menu = useRef<HTMLDivElement>(null);
  const { problem } = leaving;

  // Signing out may take its time, in which a press anywhere closes the menu: why they are still here is in it.
  useEffect(() => {
    if (problem !== null) menu.current?.togglePopover(true);
  }, [problem]);

  return (
    <>
      <button
        type="button"
        className={styles.opener}
        popoverTarget={id}
        aria-label={`Account: ${name}`}
      >
        {/* A letter stands for the name. A digit would be a label that the button's name has to contain as a word. */}
        {/\p{L}/u.exec(name)?.[0].toUpperCase() ?? "•"}
      </button>
      <div ref={menu} id={id} popover="auto" className={styles.menu}>
        <div className={styles.who}>
          <bdi className={styles.name}>{name}</bdi>
          {user.email && user.email !== name && <bdi className={styles.email}>{user.email}</bdi>}
        </div>
        <SignOut {...leaving} />
      </div>
    </>
  );
}

export function SignOut({ signOut, signingOut, problem }: Leaving) {
  return (
    <>
      {(["here", "everywhere"] as const).map((where) => (
        <Button
          key={where}
          look="quiet"
          aria-disabled={signingOut !== null}
          onClick={() => signingOut === null && signOut(where)}
        >
          Sign out {where}
        </Button>
      ))}
      <p role="status" className={styles.signingOut}>
        {signingOut}
      </p>
      {problem && (
        <p role="alert" className={styles.problem}>
          You are still signed in. {problem.message}
        </p>
      )}
    </>
  );
}
