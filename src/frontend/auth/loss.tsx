import { useLoss } from "@reference-architecture/shared";
import styles from "./auth.module.css";

/** On every provider's sign-in page, and for who is back at once: a session that ends takes what was being written. */
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
