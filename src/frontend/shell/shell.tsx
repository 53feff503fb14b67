import { type Config, useOnline } from "@reference-architecture/shared";
import type { MouseEvent, ReactNode } from "react";
import { Link } from "react-router";
import { Mark } from "../ui/icons.tsx";
import styles from "./shell.module.css";

const COMPUTE = { local: "Local", ecs: "ECS", lambda: "Lambda" } as const;

type Props = {
  /** Missing until it is known: the bar keeps its places meanwhile. */
  config?: Config;
  /** The same, until it is known who is here; `null` where nobody is. */
  account?: ReactNode;
  children: ReactNode;
};

export function Shell({ config, account, children }: Props) {
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place on the page, and only leaves the address alone */}
      <a href="#main" className={styles.skip} onClick={skip}>
        Skip to content
      </a>
      <header className={styles.bar}>
        <div className={styles.inner}>
          <Link to="/" className={styles.brand} aria-label="Reference Architecture, home">
            <Mark />
            <span className={styles.product}>Reference Architecture</span>
          </Link>
          {config && (
            <>
              <span className={styles.slash} aria-hidden="true">
                /
              </span>
              <span className={styles.tenant}>
                <span className="visually-hidden">Tenant </span>
                <bdi>{config.tenant}</bdi>
              </span>
            </>
          )}
          {/* Both at once: one that came later would push the other aside. */}
          {config && account !== undefined && (
            <>
              <Badge config={config} />
              {account}
            </>
          )}
        </div>
      </header>
      {children}
    </>
  );
}

/** Without a new address: the one that a mailed link leads to would stay behind it, with its token. */
function skip(event: MouseEvent) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** What serves this page; nothing does while the network is away. */
function Badge({ config }: { config: Config }) {
  const online = useOnline();
  return (
    <Link to="/about" className={styles.badge} data-online={online}>
      <span className="visually-hidden">About this deployment: </span>
      {online ? (
        <>
          {COMPUTE[config.compute]} <span className={styles.version}>{config.version}</span>
        </>
      ) : (
        "Offline"
      )}
    </Link>
  );
}
