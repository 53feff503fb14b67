import { Link } from "react-router";
import { Page } from "../shell/page.tsx";
import { Button } from "../ui/button.tsx";

export const NotFoundPage = () => (
  <Page
    title="Nothing at this address"
    intro={<p>The page does not exist, or does not any more.</p>}
  >
    <Link to="/">Go to the examples</Link>
  </Page>
);

/** The host names no tenant of this deployment; the API says no more than that, on purpose. */
export const NoTenantPage = () => (
  <Page
    title="No tenant at this address"
    intro={<p>Nothing is kept under this host. Is it spelt right?</p>}
  />
);

export const BrokenPage = () => (
  <Page
    title="This page broke"
    intro={<p>The fault is ours. What you saved is safe on the server.</p>}
  >
    <Button onClick={() => location.reload()}>Load it again</Button>
  </Page>
);
