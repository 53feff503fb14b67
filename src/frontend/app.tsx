import { type Access, type Config, isStatus, useConfig } from "@reference-architecture/shared";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Route, Routes } from "react-router";
import { AccountMenu, SignOut } from "./auth/account-menu.tsx";
import { LinkGate } from "./auth/link-gate.tsx";
import { VerifyPage } from "./auth/verify-page.tsx";
import { type Deletion, useDeletion } from "./examples/deletion.ts";
import { ExamplesPage } from "./examples/examples-page.tsx";
import { UndoToast } from "./examples/undo-toast.tsx";
import { AboutPage } from "./pages/about-page.tsx";
import { NoTenantPage, NotFoundPage } from "./pages/message-page.tsx";
import { useAnnounce } from "./shell/announcer.tsx";
import { Page } from "./shell/page.tsx";
import { Shell } from "./shell/shell.tsx";
import { Waiting } from "./shell/waiting.tsx";
import { Failure } from "./ui/failure.tsx";

const OidcGate = lazy(() => import("./auth/oidc-gate.tsx"));

/** Asks the deployment what it is, then shows it. */
export function App() {
  const { data: config, error, refetch } = useConfig();

  if (config !== undefined) return <Deployment config={config} />;
  if (isStatus(error, 404) || isStatus(error, 421)) {
    return (
      <Shell>
        <NoTenantPage />
      </Shell>
    );
  }
  return (
    <Shell>
      {error === null ? (
        <Waiting />
      ) : (
        <Page title="Not available right now">
          <Failure
            title="The server's settings could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        </Page>
      )}
    </Shell>
  );
}

function Deployment({ config }: { config: Config }) {
  const pages = (access: Access) => <Pages config={config} access={access} />;
  if (config.authProvider === "magic_link") {
    return <LinkGate>{pages}</LinkGate>;
  }
  if (config.oidc) {
    return (
      <Suspense fallback={pages({ kind: "loading" })}>
        <OidcGate oidc={config.oidc}>{pages}</OidcGate>
      </Suspense>
    );
  }
  return pages({ kind: "open" });
}

function Pages({ config, access }: { config: Config; access: Access }) {
  const deletion = useDeletion();
  const home = <Home config={config} access={access} deletion={deletion} />;
  useWordOfSignOut(access.kind);
  const session = access.kind === "signed-in" ? access.session : null;
  const account = session && <AccountMenu session={session} />;
  return (
    <Shell config={config} account={access.kind === "loading" ? undefined : account}>
      <Routes>
        <Route path="/" element={home} />
        <Route path="/about" element={<AboutPage config={config} />} />
        {config.authProvider === "magic_link" && (
          <Route path="/auth/verify" element={<VerifyPage config={config} access={access} />} />
        )}
        {config.authProvider === "oidc" && <Route path="/auth/callback" element={home} />}
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
      {(access.kind === "open" || session) && <UndoToast deletion={deletion} />}
    </Shell>
  );
}

/** The menu goes, and takes the focus with it where the page stays. */
function useWordOfSignOut(kind: Access["kind"]) {
  const announce = useAnnounce();
  const before = useRef(kind);
  useEffect(() => {
    if (before.current === "signed-in" && kind === "signed-out") {
      announce("Signed out");
      if (document.activeElement === document.body) document.querySelector("h1")?.focus();
    }
    before.current = kind;
  }, [kind, announce]);
}

type HomeProps = { config: Config; access: Access; deletion: Deletion };

function Home({ config, access, deletion }: HomeProps) {
  switch (access.kind) {
    case "loading":
      return <Waiting />;
    case "failed":
      return (
        <Page title="Not available right now">
          <Failure
            title="Your account could not be loaded"
            error={access.error}
            onRetry={access.retry}
          />
          <SignOut {...access.leaving} />
        </Page>
      );
    case "signed-out":
      return access.signIn;
    case "open":
      return <ExamplesPage config={config} deletion={deletion} />;
    case "signed-in":
      // What one user was writing is not the next one's.
      return (
        <ExamplesPage
          key={access.session.user.userId}
          config={config}
          user={access.session.user}
          deletion={deletion}
        />
      );
  }
}
