import { ApiError } from "@reference-architecture/shared";
import { Button } from "./button.tsx";
import styles from "./failure.module.css";

type Props = { title: string; error: Error; onRetry?: () => void };

/** What went wrong, what to quote to an operator, and the way on where none is beside it. */
export function Failure({ title, error, onRetry }: Props) {
  return (
    <div className={styles.failure} role="alert">
      <h2>{title}</h2>
      <p className={styles.message}>{error.message}</p>
      <RequestId error={error} />
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
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
