import { type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./collision.module.css";

type Props = {
  title: string;
  /** What stands against what: a label and a name each. */
  values: [label: string, name: string][];
  children: ReactNode;
};

/** Two people changed one thing; the reader decides, and sees both before. */
export function Collision({ title, values, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => heading.current?.focus(), []);

  return (
    <section className={styles.collision} aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <dl>
        {values.map(([label, name]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{name}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <div className={styles.choices}>{children}</div>
    </section>
  );
}
