import type { Config } from "@reference-architecture/shared";
import type { ReactNode } from "react";
import { Page } from "../shell/page.tsx";
import { ArrowIcon } from "../ui/icons.tsx";
import styles from "./about-page.module.css";

const COMPUTE = {
  local: "A local process",
  ecs: "ECS on Fargate",
  lambda: "AWS Lambda",
} as const;

const SIGN_IN = {
  none: "None: open to everybody on this host",
  magic_link: "A link by mail",
  oidc: "OpenID Connect",
} as const;

/** The public configuration, as every client of this deployment reads it. */
export function AboutPage({ config }: { config: Config }) {
  const { tenant, compute, version, authProvider, oidc } = config;
  return (
    <Page
      title="About this deployment"
      intro={<p>What serves this page, and how people sign in. Every client reads the same.</p>}
    >
      <dl className={styles.sheet}>
        <Fact label="Tenant">
          <bdi>{tenant}</bdi>
        </Fact>
        <Fact label="Served by">{COMPUTE[compute]}</Fact>
        <Fact label="Version">{version}</Fact>
        <Fact label="Sign-in">{SIGN_IN[authProvider]}</Fact>
        {oidc && (
          <>
            <Fact label="Issuer">{oidc.issuer}</Fact>
            <Fact label="Client">{oidc.clientId}</Fact>
            <Fact label="Audience">{oidc.audience}</Fact>
          </>
        )}
      </dl>
      <p className={styles.links}>
        <a href="/api/openapi.json">
          The API document <ArrowIcon />
        </a>
      </p>
    </Page>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
