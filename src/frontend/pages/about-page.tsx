import { type Config, facts } from "@reference-architecture/shared";
import { Page } from "../shell/page.tsx";
import { ArrowIcon } from "../ui/icons.tsx";
import styles from "./about-page.module.css";

/** The public configuration, as every client of this deployment reads it. */
export function AboutPage({ config }: { config: Config }) {
  return (
    <Page
      title="About this deployment"
      intro={<p>What serves this page, and how people sign in. Every client reads the same.</p>}
    >
      <dl className={styles.sheet}>
        {facts(config).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.links}>
        <a href="/api/openapi.json">
          The API document <ArrowIcon />
        </a>
      </p>
    </Page>
  );
}
