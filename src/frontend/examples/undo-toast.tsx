import { refusal, UNDO_TIME, useLeftWrite } from "@reference-architecture/shared";
import { type ReactNode, useEffect } from "react";
import { flushSync } from "react-dom";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import type { Deletion } from "./deletion.ts";
import { focusRow } from "./example-row.tsx";
import styles from "./undo-toast.module.css";

/** On every page: a deletion or a change may be refused when its reader has left the list. */
export function UndoToast({ deletion }: { deletion: Deletion }) {
  const { pending, problem, hold } = deletion;
  const announce = useAnnounce();
  const left = useLeftWrite(({ name }) => announce(`Added ${name}`));

  const undo = () => {
    if (pending === null) return;
    flushSync(deletion.undo);
    focusRow(pending);
    announce(`${pending.name} is back`);
  };

  useEffect(() => {
    if (pending === null) return;
    const undoOnControlZ = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement;
      if (typing || event.shiftKey || !isZ(event) || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      undo();
    };
    addEventListener("keydown", undoOnControlZ);
    return () => removeEventListener("keydown", undoOnControlZ);
  });

  if (pending !== null) {
    return (
      <section
        key={pending.id}
        aria-label="Undo"
        className={styles.toast}
        onPointerEnter={() => hold(true)}
        onPointerLeave={({ currentTarget }) => hold(currentTarget.matches(":focus-within"))}
        onFocus={() => hold(true)}
        onBlur={({ currentTarget }) => hold(currentTarget.matches(":hover"))}
      >
        <p className={styles.text}>
          Deleted <bdi>{pending.name}</bdi>
        </p>
        {/* The second press of a double one was meant for the toast before. */}
        <Button
          className={styles.undo}
          aria-keyshortcuts="Control+Z Meta+Z"
          onClick={({ detail }) => detail < 2 && undo()}
        >
          Undo
        </Button>
        {!deletion.held && (
          <span className={styles.clock} style={{ animationDuration: `${UNDO_TIME}ms` }} />
        )}
      </section>
    );
  }

  if (problem !== null) {
    const { example, error } = problem;
    const keep = () => {
      focusRow(example);
      deletion.dismissProblem();
    };
    return (
      <Problem key="problem" said={refusal(problem)} error={error}>
        <Button className={styles.undo} onClick={() => deletion.remove(example)}>
          {error === null ? "Delete anyway" : "Try again"}
        </Button>
        <Button className={styles.undo} onClick={keep}>
          Keep it
        </Button>
      </Problem>
    );
  }

  if (left !== null) {
    const { example, said, error, again, discard } = left;
    const then = (act: () => void) => () => {
      focusRow(example);
      act();
    };
    return (
      <Problem key="left" said={said} error={error}>
        <Button
          className={styles.undo}
          aria-disabled={again.isPending}
          onClick={again.isPending ? undefined : then(again.act)}
        >
          {again.label}
        </Button>
        <Button className={styles.undo} onClick={then(discard.act)}>
          {discard.label}
        </Button>
      </Problem>
    );
  }
  return null;
}

/** By its letter; by its place on keyboards that have other letters. */
const isZ = ({ key, code }: KeyboardEvent) =>
  /^[a-z]$/i.test(key) ? key.toLowerCase() === "z" : code === "KeyZ";

type ProblemProps = { said: string[]; error: Error | null; children: ReactNode };

function Problem({ said, error, children }: ProblemProps) {
  return (
    <div className={styles.toast} role="alert">
      <div className={styles.text}>
        {/* Every second part is a name. */}
        <p>{said.map((part, index) => (index % 2 ? <bdi key={part}>{part}</bdi> : part))}</p>
        {error && <RequestId error={error} />}
      </div>
      {children}
    </div>
  );
}
