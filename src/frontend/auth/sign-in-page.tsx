import { useRequestLink, wording } from "@reference-architecture/shared";
import { type FormEvent, useRef, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Page } from "../shell/page.tsx";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import styles from "./auth.module.css";

export function SignInPage() {
  const [email, setEmail] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const request = useRequestLink();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const announce = useAnnounce();
  const { error } = request;
  const said = error && wording(error, "email");

  if (sentTo !== null) {
    const again = () =>
      request.mutate(sentTo, { onSuccess: () => announce("Another link is on its way") });
    const other = () => {
      setSentTo(null);
      request.reset();
    };
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
          <p>Look among the unwanted mail. At most one link a minute goes to an address.</p>
          <div className={styles.choices}>
            <Button aria-disabled={request.isPending} onClick={() => !request.isPending && again()}>
              {request.isPending ? "Sending…" : "Send another"}
            </Button>
            <Button look="quiet" onClick={other}>
              Use another address
            </Button>
          </div>
          {error && (
            <div role="alert" className={styles.problem}>
              <p>{said}</p>
              <RequestId error={error} />
            </div>
          )}
        </div>
      </Page>
    );
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (request.isPending) return;
    // The browser's own check of the address, in its reader's language.
    const complaint = input.current?.validationMessage ?? "";
    setRefused(complaint === "" ? null : complaint);
    const address = email.trim();
    if (complaint === "") request.mutate(address, { onSuccess: () => setSentTo(address) });
    else input.current?.focus();
  };

  return (
    <Page title="Sign in" intro={<p>No password: a link comes by mail and signs you in.</p>}>
      <form className={styles.panel} onSubmit={submit} noValidate>
        <Field
          ref={input}
          label="E-mail address"
          name="email"
          type="email"
          dir="ltr"
          autoComplete="email"
          required
          value={email}
          readOnly={request.isPending}
          onChange={(event) => {
            setEmail(event.target.value);
            setRefused(null);
            if (request.isError) request.reset();
          }}
          error={refused ?? said}
        />
        {error && <RequestId error={error} />}
        <div className={styles.choices}>
          <Button type="submit" look="primary" aria-disabled={request.isPending}>
            {request.isPending ? "Sending…" : "Send me a link"}
          </Button>
        </div>
      </form>
    </Page>
  );
}
