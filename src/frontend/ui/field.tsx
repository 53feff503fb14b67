import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./field.module.css";

type Props = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  hideLabel?: boolean;
  error?: string | null;
  /** Said under the field while nothing is wrong with it. */
  hint?: ReactNode;
};

export function Field({ label, hideLabel = false, error = null, hint = null, ...input }: Props) {
  const id = useId();
  const noteId = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      <input
        id={id}
        className={styles.input}
        aria-invalid={error !== null}
        aria-describedby={noteId}
        {...input}
      />
      <p id={noteId} className={styles.note} data-error={error !== null} aria-live="polite">
        {error ?? hint}
      </p>
    </div>
  );
}
