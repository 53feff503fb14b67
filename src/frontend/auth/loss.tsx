import { useLoss } from "@reference-architecture/shared";
import styles from "./auth.module.css";

/** On every provider's sign-in page: a session that ends by itself takes with it what was being written. */
export function Loss() {
  const loss = useLoss();
  return (
    loss && (
      <p role="alert" className={styles.problem}>
        {loss}
      </p>
    )
  );
}
