import { FakeApi, failure } from "@reference-architecture/shared/testing";
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { button, heading, renderApp } from "./test/render-app.tsx";

test.each([
  ["local", "Local"],
  ["ecs", "ECS"],
  ["lambda", "Lambda"],
] as const)("the bar names the tenant and what serves it: %s", async (compute, shown) => {
  const fake = new FakeApi();
  fake.config = { ...fake.config, compute, tenant: "demo" };
  renderApp(fake);
  expect(await screen.findByRole("link", { name: /About this deployment/ })).toHaveTextContent(
    `${shown} 1.2.3`,
  );
  expect(screen.getByRole("banner")).toHaveTextContent("demo");
});

test("without a provider there is no sign-in anywhere", async () => {
  renderApp(new FakeApi(), "/auth/verify#token=t");
  expect(await heading("Nothing at this address")).toBeVisible();
  expect(screen.queryByText(/sign in|sign out|account/i)).toBeNull();
});

test("the page about the deployment shows its public configuration and leads to the API", async () => {
  const fake = new FakeApi();
  const oidc = { issuer: "https://id.example", clientId: "web", audience: "https://api.example" };
  fake.config = { ...fake.config, authProvider: "oidc", oidc };
  renderApp(fake, "/about");
  for (const shown of ["acme", "1.2.3", "OpenID Connect", ...Object.values(oidc)]) {
    expect((await screen.findAllByText(shown)).length).toBeGreaterThan(0);
  }
  const link = screen.getByRole("link", { name: /API document/ });
  expect(link).toHaveAttribute("href", "/api/openapi.json");
});

test.each([
  [404, "not_found"],
  [421, "misdirected_request"],
])("a host of no tenant (%i) is told just that", async (status, code) => {
  renderApp(new FakeApi().plan("GET /api/config", failure(status, code)));
  expect(await heading("No tenant at this address")).toBeVisible();
});

test("while it is not known what the server is there is a heading to land on", async () => {
  renderApp(new FakeApi().plan("GET /api/config", new Promise(() => {})));
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("One moment…");
});

describe("a server that cannot say what it is", () => {
  test("shows the request id, and works when it is asked again", async () => {
    const fake = new FakeApi().plan("GET /api/config", failure(500, "internal"));
    const user = renderApp(fake);
    expect(await screen.findByText("req-1")).toBeVisible();
    await user.click(await button("Try again"));
    expect(await heading("Examples")).toBeVisible();
  });

  test("is asked three times before anybody is bothered", async () => {
    const fake = new FakeApi().plan("GET /api/config", "unreachable", failure(503, "unavailable"));
    renderApp(fake);
    expect(await heading("Examples")).toBeVisible();
    expect(fake.sent("GET /api/config")).toHaveLength(3);
  });
});

test("a change of page takes the focus to its heading and names the window", async () => {
  const user = renderApp(new FakeApi());
  await user.click(await screen.findByRole("link", { name: /About this deployment/ }));
  await waitFor(async () => expect(await heading("About this deployment")).toHaveFocus());
  expect(document.title).toBe("About this deployment · Reference Architecture");
});

test("the way past the bar leads to the content and leaves no address behind", async () => {
  const user = renderApp(new FakeApi());
  await heading("Examples");
  const before = [location.href, history.length];
  await user.click(screen.getByRole("link", { name: "Skip to content" }));
  expect(screen.getByRole("main")).toHaveFocus();
  expect([location.href, history.length]).toEqual(before);
});
