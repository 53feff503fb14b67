import { ApiError } from "@reference-architecture/shared";
import { Button } from "./button.tsx";
import styles from "./failure.module.css";

type Props = { title: string; error: Error; onRetry: () => void; retrying?: boolean };

/** What went wrong, what to quote to an operator, and the way on. */
export function Failure({ title, error, onRetry, retrying = false }: Props) {
  return (
    <div className={styles.failure} role="alert">
      <h2>{title}</h2>
      <p className={styles.message}>{error.message}</p>
      <RequestId error={error} />
      <Button aria-disabled={retrying} onClick={retrying ? undefined : onRetry}>
        {retrying ? "Trying…" : "Try again"}
      </Button>
    </div>
  );
}

export function RequestId({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.requestId === null) return null;
  return (
    <p className={styles.request}>
      Request <code>{error.requestId}</code>
    </p>
  );
}
