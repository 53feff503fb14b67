import { type ReactNode, useEffect, useRef } from "react";
import styles from "./page.module.css";

type Props = {
  title: string;
  /** Beside the title on wide screens, under it on narrow ones. */
  intro?: ReactNode;
  /** What is open, when it is not the page of the title alone. */
  children?: ReactNode;
};

/** Only the first page of a visit leaves the focus to the browser. */
let visited = false;

export function Page({ title, intro, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = `${title} · Reference Architecture`;
    if (visited) heading.current?.focus();
    visited = true;
  }, [title]);

  return (
    <main id="main" className={styles.page} tabIndex={-1}>
      <div className={styles.intro}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {intro}
      </div>
      <div className={styles.content}>{children}</div>
    </main>
  );
}
