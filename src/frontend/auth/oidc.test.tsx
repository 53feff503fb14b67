import type { Config } from "@reference-architecture/shared";
import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { button, heading, menuButton, renderApp } from "../test/render-app.tsx";

/** The library's state, as its provider would give it; the flow itself is tested in a browser with a real issuer. */
const auth = vi.hoisted(() => ({ current: {} as Record<string, unknown> }));
vi.mock("react-oidc-context", () => ({
  AuthProvider: ({ children }: { children: unknown }) => children,
  useAuth: () => auth.current,
}));

const oidc = { issuer: "https://id.example", clientId: "web", audience: "https://api.example" };
const tokens = { access_token: "access", id_token: "id", expired: false };

function withOidc(change: Partial<NonNullable<Config["oidc"]>> = {}) {
  const fake = new FakeApi().with("mine");
  fake.config = { ...fake.config, authProvider: "oidc", oidc: { ...oidc, ...change } };
  fake.user = { ...ada, name: "Ada" };
  return fake;
}

beforeEach(() => {
  auth.current = {
    isLoading: false,
    user: null,
    removeUser: vi.fn(),
    signinRedirect: vi.fn(),
    signoutRedirect: vi.fn(),
  };
});

describe("signed in", () => {
  test.each([
    ["the access token", {}, "access"],
    ["the ID token, where that is made out to the API", { audience: "web" }, "id"],
  ])("the API is asked with %s", async (_, change, token) => {
    auth.current.user = tokens;
    const fake = withOidc(change);
    renderApp(fake);
    await button("Rename mine");
    for (const route of ["GET /api/me", "GET /api/example"]) {
      expect(fake.sent(route)[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
    }
  });

  test("out here forgets the tokens, out everywhere ends the issuer's session", async () => {
    auth.current.user = tokens;
    const user = renderApp(withOidc());
    await user.click(await menuButton("Sign out here"));
    expect(auth.current.removeUser).toHaveBeenCalledOnce();
    expect(auth.current.signoutRedirect).not.toHaveBeenCalled();
    await user.click(await menuButton("Sign out everywhere"));
    expect(auth.current.signoutRedirect).toHaveBeenCalledOnce();
  });

  test("at the issuer but not accepted by the API, it says so", async () => {
    auth.current.user = tokens;
    renderApp(withOidc().plan("GET /api/me", failure(401, "unauthenticated")));
    expect(await screen.findByRole("alert")).toHaveTextContent("not accepted here");
  });

  test("with a token that has run out, the API is not asked at all", async () => {
    auth.current.user = { ...tokens, expired: true };
    const fake = withOidc();
    renderApp(fake);
    expect(await heading("Sign in")).toBeVisible();
    expect(fake.sent("GET /api/me")).toEqual([]);
  });
});

describe("signed out", () => {
  const metadata = (scopes_supported?: string[]) =>
    Response.json({ issuer: oidc.issuer, scopes_supported });

  test.each([
    [["openid", "email", "offline_access"], "openid email offline_access"],
    [undefined, "openid"],
  ])("of the scopes %j it asks for those it needs", async (supported, scope) => {
    const fake = withOidc();
    const user = renderApp(fake);
    const signIn = await button("Continue to sign in");
    vi.stubGlobal("fetch", async () => metadata(supported));
    await user.click(signIn);
    await waitFor(() => expect(auth.current.signinRedirect).toHaveBeenCalledWith({ scope }));
  });

  test("an issuer that cannot be reached is said, and can be tried again", async () => {
    const user = renderApp(withOidc());
    const signIn = await button("Continue to sign in");
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("Failed to fetch");
    });
    await user.click(signIn);
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be reached");
    expect(signIn).not.toHaveAttribute("aria-disabled", "true");
  });

  test("shows why the issuer sent somebody back without a token", async () => {
    auth.current.error = new Error("access_denied");
    renderApp(withOidc());
    expect(await screen.findByRole("alert")).toHaveTextContent("access_denied");
  });
});
