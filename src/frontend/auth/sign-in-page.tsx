import { useLinkForm } from "@reference-architecture/shared";
import { type FormEvent, useRef, useState } from "react";
import { Page } from "../shell/page.tsx";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import styles from "./auth.module.css";
import { Loss } from "./loss.tsx";

export function SignInPage() {
  const [email, setEmail] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const link = useLinkForm();
  const { sentTo, isPending, error, problem } = link;

  if (sentTo !== null) {
    return (
      <Page
        title="Check your mail"
        intro={
          <p>
            A link is on its way to <bdi className={styles.address}>{sentTo}</bdi>. It works once,
            for fifteen minutes.
          </p>
        }
      >
        <div className={styles.panel}>
          <h2>Nothing there?</h2>
          <p>Check your spam folder. We send at most one link a minute to an address.</p>
          <div className={styles.choices}>
            <Button aria-disabled={isPending} onClick={link.sendAgain}>
              {isPending ? "Sending…" : "Send another"}
            </Button>
            <Button look="quiet" onClick={link.other}>
              Use another address
            </Button>
          </div>
          <p role="status">{link.hint ?? link.sentAgain}</p>
          {error && (
            <div role="alert" className={styles.problem}>
              <p>{problem}</p>
              <RequestId error={error} />
            </div>
          )}
        </div>
      </Page>
    );
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    // The browser's own check of the address, in its reader's language.
    const complaint = input.current?.validationMessage ?? "";
    setRefused(complaint === "" ? null : complaint);
    if (complaint === "") link.send(email.trim());
    else input.current?.focus();
  };

  return (
    <Page title="Sign in" intro={<p>No password: we e-mail you a sign-in link.</p>}>
      <form className={styles.panel} onSubmit={submit} noValidate>
        <Loss />
        <Field
          ref={input}
          label="E-mail address"
          name="email"
          type="email"
          dir="ltr"
          autoComplete="email"
          required
          value={email}
          readOnly={isPending}
          onChange={(event) => {
            setEmail(event.target.value);
            setRefused(null);
            link.change();
          }}
          error={refused ?? problem}
          hint={link.hint}
        />
        {error && <RequestId error={error} />}
        <div className={styles.choices}>
          <Button type="submit" look="primary" aria-disabled={isPending}>
            {isPending ? "Sending…" : "Send me a link"}
          </Button>
        </div>
      </form>
    </Page>
  );
}
