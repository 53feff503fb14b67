import { Link } from "react-router";
import { Page } from "../shell/page.tsx";
import { Button } from "../ui/button.tsx";

export const NotFoundPage = () => (
  <Page
    title="Nothing at this address"
    intro={<p>The page does not exist, or has been removed.</p>}
  >
    <Link to="/">Go to the examples</Link>
  </Page>
);

/** The host names no tenant of this deployment; the API says no more than that, on purpose. */
export const NoTenantPage = () => (
  <Page
    title="No tenant at this address"
    intro={<p>There is nothing at this host. Check the spelling.</p>}
  />
);

export const BrokenPage = () => (
  <Page
    title="This page broke"
    intro={<p>This is our fault. What you saved is safe on the server.</p>}
  >
    <Button onClick={() => location.reload()}>Reload</Button>
  </Page>
);
