import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./field.module.css";

type Props = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  hideLabel?: boolean;
  error?: string | null;
  /** Said under the field while nothing is wrong with it. */
  hint?: ReactNode;
  /** Buttons beside the input, or under it where that is too narrow. */
  action?: ReactNode;
};

export function Field({ label, hideLabel = false, error = null, hint, action, ...input }: Props) {
  const id = useId();
  const noteId = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      <div className={styles.line}>
        <input
          id={id}
          className={styles.input}
          aria-invalid={error !== null}
          aria-describedby={noteId}
          {...input}
        />
        {action && <div className={styles.action}>{action}</div>}
      </div>
      <p id={noteId} className={styles.note} data-error={error !== null} aria-live="polite">
        {error ?? hint}
      </p>
    </div>
  );
}
