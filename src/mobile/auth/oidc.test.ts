import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react-native";
import { router } from "expo-router";
import * as SecureStore from "expo-secure-store";
import * as WebBrowser from "expo-web-browser";
import { open } from "../server/store.ts";
import { keychain } from "../test/keychain.ts";
import {
  heading,
  LINK_SESSION,
  openLink,
  press,
  renderApp,
  OIDC_SESSION as SESSION,
  type,
} from "../test/render-app.ts";
import { OidcTokens } from "./oidc-tokens.ts";

jest.mock("expo-web-browser");
const browser = jest.mocked(WebBrowser.openAuthSessionAsync);

const ISSUER = "https://id.example";
const idToken = (claims: object) =>
  `head.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.seal`;
const ID = idToken({ name: "Zoë Ω" });
const oidc = { issuer: ISSUER, clientId: "app", audience: "https://api.example" };

type Answer = () => Response | Promise<Response>;

const granted = () =>
  Response.json({
    access_token: "access",
    id_token: ID,
    refresh_token: "next",
    expires_in: 300,
  });
const bare = () => Response.json({ access_token: "access", expires_in: 300 });
const found = () =>
  Response.json({
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    end_session_endpoint: `${ISSUER}/end`,
    revocation_endpoint: `${ISSUER}/revoke`,
    scopes_supported: ["openid", "offline_access"],
  });
const refusedBy = (error: string) => Response.json({ error }, { status: 400 });
const unreachable = () => {
  throw new TypeError("Failed to fetch");
};
const silent = () => new Promise<Response>(() => {});

/** The API, and an issuer beside it behind the same `fetch`. */
class FakeNetwork extends FakeApi {
  /** What the issuer was asked for tokens with. */
  readonly asked: URLSearchParams[] = [];
  /** What it was told to take back. */
  readonly revoked: URLSearchParams[] = [];
  tokens: Answer = () => granted();
  discovery: Answer = () => found();
  revocation: Answer = () => new Response();

  constructor(change: Partial<typeof oidc> = {}) {
    super();
    this.with("mine");
    this.config = { ...this.config, authProvider: "oidc", oidc: { ...oidc, ...change } };
    this.user = ada;
  }

  override takeTheNetwork() {
    globalThis.fetch = (async (input: Request | string, init?: RequestInit) => {
      const url = typeof input === "string" ? input : input.url;
      if (!url.startsWith(ISSUER)) return this.fetch(new Request(input, init));
      if (url.endsWith("/.well-known/openid-configuration")) {
        return this.discovery();
      }
      const sent = new URLSearchParams(String(init?.body));
      if (url.endsWith("/revoke")) {
        this.revoked.push(sent);
        return this.revocation();
      }
      this.asked.push(sent);
      return this.tokens();
    }) as typeof fetch;
  }
}

/** Somebody who signs in at the issuer and comes back. */
const signsIn = (answer = "code=the-code") =>
  browser.mockImplementation(async (url, redirect) => {
    const state = new URL(url).searchParams.get("state");
    return { type: "success", url: `${redirect}?${answer}&state=${state}` };
  });

const list = () => screen.findByRole("link", { name: /^mine/ });
const bearers = (fake: FakeApi) =>
  fake.sent("GET /api/example").map(({ headers }) => headers.get("authorization"));

beforeEach(() => browser.mockReset());

function signedOut(change?: Partial<typeof oidc>) {
  const fake = new FakeNetwork(change);
  fake.plan("GET /api/me", failure(401, "unauthenticated"));
  return fake;
}

test.each([
  ["the access token", {}, "Bearer access"],
  ["the ID token, where that is made out to the API", { audience: "app" }, `Bearer ${ID}`],
])("signing in asks with PKCE, and the API gets %s", async (_, change, bearer) => {
  signsIn();
  const fake = signedOut(change);
  renderApp(fake);
  await press("Continue to sign in");
  await list();
  const asked = new URL(browser.mock.calls[0]?.[0] ?? "").searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    client_id: "app",
    scope: "openid offline_access",
    audience: { ...oidc, ...change }.audience,
  });
  const [exchange] = fake.asked;
  expect(exchange?.get("code")).toBe("the-code");
  expect(exchange?.get("code_verifier")).toMatch(/^[\w.~-]{43,}$/);
  expect(bearers(fake)).toEqual([bearer]);
  expect(keychain.get(SESSION)).toBe("next");
});

test("the way back from the issuer leads to the screen that was left, and leaves no other below", async () => {
  const app = renderApp(signedOut());
  await screen.findByRole("button", { name: "Continue to sign in" });
  await openLink("reference-architecture://auth/callback?code=the-code&state=s");
  expect(await screen.findByRole("button", { name: "Continue to sign in" })).toBeVisible();
  expect(app.getPathname()).toBe("/");
  expect(app.getRouterState()?.routes[0]?.state?.routes).toHaveLength(1);
});

test("who turns back at the issuer is where they were", async () => {
  browser.mockResolvedValue({ type: "cancel" } as never);
  renderApp(signedOut());
  await press("Continue to sign in");
  expect(await screen.findByRole("button", { name: "Continue to sign in" })).toBeEnabled();
  expect(screen.queryByText("You are not signed in")).toBeNull();
});

test.each([
  ["refuses", "error=access_denied&error_description=E_17", /cancelled or denied/],
  ["is broken", "error=server_error&error_description=E_17", /could not be completed/],
])("an issuer that %s is told of, in the app's own words", async (_, answer, said) => {
  signsIn(answer);
  renderApp(signedOut());
  await press("Continue to sign in");
  expect(await screen.findByText(said)).toBeVisible();
  expect(screen.queryByText(/E_17/)).toBeNull();
});

test.each<[string, Partial<FakeNetwork>, RegExp]>([
  ["cannot be reached", { discovery: unreachable }, /^The sign-in service could not be reached/],
  ["takes no code", { tokens: () => refusedBy("invalid_grant") }, /could not be completed/],
])("an issuer that %s is told of likewise", async (_, failing, said) => {
  signsIn();
  renderApp(Object.assign(signedOut(), failing));
  await press("Continue to sign in");
  expect(await screen.findByText(said)).toBeVisible();
});

test("without a network the sign-in fails at once", async () => {
  renderApp(Object.assign(signedOut(), { discovery: unreachable }));
  await screen.findByRole("button", { name: "Continue to sign in" });
  act(() => onlineManager.setOnline(false));
  await press("Continue to sign in");
  expect(await screen.findByText(/^The sign-in service could not be reached/)).toBeVisible();
});

test("at the issuer but not accepted by the API, it says so, and asks the issuer for another account", async () => {
  signsIn();
  const refusal = failure(401, "unauthenticated");
  renderApp(signedOut().plan("GET /api/me", refusal, failure(401, "unauthenticated")));
  await press("Continue to sign in");
  expect(await screen.findByText(/has no access here/)).toBeVisible();
  await press("Continue to sign in");
  await list();
  const prompts = browser.mock.calls.map(([url]) => new URL(url).searchParams.get("prompt"));
  expect(prompts).toEqual([null, "login"]);
});

test("a session that ran out asks the issuer for no other account", async () => {
  jest.useFakeTimers();
  signsIn();
  const fake = new FakeNetwork();
  fake.tokens = bare;
  fake.takeTheNetwork();
  const tokens = new OidcTokens(oidc, open(SESSION));
  await tokens.signIn();
  await jest.advanceTimersByTimeAsync(299_000);
  expect(tokens.areHeld).toBe(true);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(tokens.areHeld).toBe(false);
  await tokens.signIn();
  const prompts = browser.mock.calls.map(([url]) => new URL(url).searchParams.get("prompt"));
  expect(prompts).toEqual([null, null]);
});

test("an issuer that takes its time for a code, which works only once, is waited for", async () => {
  jest.useFakeTimers();
  signsIn();
  const fake = new FakeNetwork();
  fake.tokens = async () => {
    await new Promise((resolve) => setTimeout(resolve, 29_000));
    return granted();
  };
  fake.takeTheNetwork();
  const tokens = new OidcTokens(oidc, open(SESSION));
  const signedIn = expect(tokens.signIn()).resolves.toBeUndefined();
  await jest.advanceTimersByTimeAsync(29_000);
  await signedIn;
  expect(await tokens.forApi()).toBe("access");
});

test("a session that ran out while something is written says at the sign-in what went with it", async () => {
  signsIn();
  const fake = signedOut();
  fake.tokens = bare;
  renderApp(fake);
  await press("Continue to sign in");
  await list();
  fake.user = null;
  await press("New");
  await type("Name", "too late");
  await press("Add");
  await screen.findByRole("button", { name: "Continue to sign in" });
  expect(screen.getByText(/^Your session has ended\./)).toBeVisible();
});

test("an account of another tenant can be left for another one", async () => {
  signsIn();
  keychain.set(SESSION, "kept");
  renderApp(new FakeNetwork().plan("GET /api/me", failure(403, "forbidden")));
  await press("Sign out");
  await press("Sign out here");
  await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  act(() => router.back());
  await press("Continue to sign in");
  await list();
  const asked = new URL(browser.mock.calls[0]?.[0] ?? "").searchParams;
  expect(asked.get("prompt")).toBe("login");
});

/** The tokens of the next start, without the app around them. */
function kept(change: Partial<typeof oidc> = {}) {
  jest.useFakeTimers();
  keychain.set(SESSION, "kept");
  const fake = new FakeNetwork();
  fake.takeTheNetwork();
  return { fake, tokens: new OidcTokens({ ...oidc, ...change }, open(SESSION)) };
}

test("of many requests at once, one renews the token for all", async () => {
  const { fake, tokens } = kept();
  const given = await Promise.all([tokens.forApi(), tokens.forApi(), tokens.forApi()]);
  expect(given).toEqual(["access", "access", "access"]);
  expect(fake.asked).toHaveLength(1);
});

test.each([
  [40, 20],
  [300, 240],
])("a token of %i seconds is renewed after %i, and not by each request", async (lifetime, time) => {
  const { fake, tokens } = kept();
  fake.tokens = () => Response.json({ access_token: "access", expires_in: lifetime });
  await tokens.forApi();
  await jest.advanceTimersByTimeAsync((time - 1) * 1_000);
  await tokens.forApi();
  expect(fake.asked).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1_000);
  await tokens.forApi();
  expect(fake.asked).toHaveLength(2);
});

test("an ID token that the API takes is renewed by its own time, whatever the phone's clock says", async () => {
  const { fake, tokens } = kept({ audience: "app" });
  const id = idToken({ iat: 1_000_000, exp: 1_000_300 });
  fake.tokens = () => Response.json({ access_token: "access", id_token: id, expires_in: 86_400 });
  expect(await tokens.forApi()).toBe(id);
  await jest.advanceTimersByTimeAsync(239_000);
  expect(await tokens.forApi()).toBe(id);
  expect(fake.asked).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await tokens.forApi()).toBe(id);
  expect(fake.asked).toHaveLength(2);
});

test("where the API takes the ID token, a renewal without one ends the session", async () => {
  const { fake, tokens } = kept({ audience: "app" });
  await tokens.forApi();
  fake.tokens = bare;
  await jest.advanceTimersByTimeAsync(240_000);
  expect(await tokens.forApi()).toBeNull();
  expect(tokens.areHeld).toBe(false);
  expect(keychain.has(SESSION)).toBe(false);
});

test.each([
  ["is encrypted", "a.b.c.d.e"],
  ["names its user by no text", idToken({ name: { first: "Zoë" }, email: 5 })],
])("an ID token that %s leaves what the API says of its user", async (_, id) => {
  keychain.set(SESSION, "kept");
  const fake = new FakeNetwork();
  fake.tokens = () => Response.json({ access_token: "access", id_token: id, expires_in: 300 });
  renderApp(fake, "/settings");
  expect(await screen.findByText("ada@example.com")).toBeVisible();
});

test.each([
  ["what is known", granted, ID],
  ["nothing where nothing is known", () => bare(), null],
])("out everywhere tells the issuer %s of its user", async (_, first, hint) => {
  const { fake, tokens } = kept();
  browser.mockResolvedValue({ type: "success", url: "" });
  fake.tokens = first;
  await tokens.forApi();
  // A renewal need not bring an ID token.
  fake.tokens = bare;
  await jest.advanceTimersByTimeAsync(240_000);
  await tokens.forApi();
  expect(fake.asked).toHaveLength(2);
  await tokens.signOut("everywhere");
  const url = new URL(browser.mock.calls[0]?.[0] ?? "");
  expect(url.searchParams.get("id_token_hint")).toBe(hint);
});

test("the next start renews the tokens by the kept one", async () => {
  keychain.set(SESSION, "kept");
  const fake = new FakeNetwork();
  renderApp(fake);
  await list();
  expect(fake.asked.map((each) => each.get("refresh_token"))).toEqual(["kept"]);
  expect(bearers(fake)).toEqual(["Bearer access"]);
  expect(keychain.get(SESSION)).toBe("next");
});

test("what one sign-in service gave is shown neither to the API nor to another service", async () => {
  keychain.set(SESSION, "kept");
  keychain.set(LINK_SESSION, "of the API");
  const fake = new FakeNetwork();
  renderApp(fake);
  await list();
  expect(fake.asked.map((each) => each.get("refresh_token"))).toEqual(["kept"]);
  const sent = fake.requests.map(({ headers }) => headers.get("authorization"));
  expect(sent).toEqual([null, "Bearer access", "Bearer access"]);
});

test.each(["invalid_grant", "interaction_required"])(
  "a kept token that the issuer refuses by %s is forgotten",
  async (error) => {
    keychain.set(SESSION, "old");
    const fake = signedOut();
    fake.tokens = () => refusedBy(error);
    renderApp(fake);
    expect(await screen.findByRole("button", { name: "Continue to sign in" })).toBeVisible();
    await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  },
);

test("an issuer that cannot be reached leaves the kept token", async () => {
  keychain.set(SESSION, "kept");
  const fake = new FakeNetwork();
  fake.tokens = unreachable;
  renderApp(fake);
  expect(await heading("Your account could not be loaded")).toBeVisible();
  expect(keychain.get(SESSION)).toBe("kept");
});

test("a renewal that the issuer refuses for good is not asked for again, and that is said", async () => {
  keychain.set(SESSION, "kept");
  const fake = new FakeNetwork();
  fake.tokens = () => Response.json({ error: "invalid_client" }, { status: 401 });
  renderApp(fake);
  const said = "The sign-in service refused to renew the sign-in.";
  expect(await screen.findByText(said)).toBeVisible();
  expect(fake.asked).toHaveLength(1);
  expect(keychain.get(SESSION)).toBe("kept");
});

const gateway = () => Response.json({ message: "bad gateway" }, { status: 502 });
const busy = () => Response.json({ error: "temporarily_unavailable" }, { status: 503 });

test.each<[string, Partial<FakeNetwork>]>([
  ["is busy", { tokens: busy }],
  ["is answered for by a gateway", { tokens: gateway }],
  ["is answered for by a gateway when it is looked for", { discovery: gateway }],
  ["does not answer", { tokens: silent }],
  ["does not answer when it is looked for", { discovery: silent }],
])("an issuer that %s is asked again with the same token", async (_, failing) => {
  const { fake, tokens } = kept();
  Object.assign(fake, failing);
  const refused = expect(tokens.forApi()).rejects.toThrow(/sign-in service|unknown error/);
  await jest.advanceTimersByTimeAsync(30_000);
  await refused;
  Object.assign(fake, { tokens: granted, discovery: found });
  expect(await tokens.forApi()).toBe("access");
  expect(fake.asked.at(-1)?.get("refresh_token")).toBe("kept");
});

/** An issuer that has not answered when the first request gives up, and does when told. */
async function slow() {
  const { fake, tokens } = kept();
  let arrive = () => {};
  fake.tokens = () =>
    new Promise((resolve) => {
      arrive = () => resolve(granted());
    });
  const late = expect(tokens.forApi()).rejects.toThrow(/too long/);
  await jest.advanceTimersByTimeAsync(10_000);
  await late;
  return { fake, tokens, arrive: () => arrive() };
}

test("an answer that comes too late for its request serves the next one", async () => {
  const { fake, tokens, arrive } = await slow();
  arrive();
  await waitFor(() => expect(keychain.get(SESSION)).toBe("next"));
  expect(await tokens.forApi()).toBe("access");
  expect(fake.asked).toHaveLength(1);
});

test("an issuer that is slow is not asked twice with one token", async () => {
  const { fake, tokens, arrive } = await slow();
  const given = tokens.forApi();
  await jest.advanceTimersByTimeAsync(9_000);
  arrive();
  expect(await given).toBe("access");
  expect(fake.asked).toHaveLength(1);
});

test("out here forgets the tokens", async () => {
  keychain.set(SESSION, "kept");
  renderApp(new FakeNetwork(), "/settings");
  expect(await screen.findByText("Zoë Ω")).toBeVisible();
  await press("Sign out here");
  await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  expect(browser).not.toHaveBeenCalled();
});

test("out here that the phone cannot forget says so, and can be tried again", async () => {
  keychain.set(SESSION, "kept");
  const remove = jest.spyOn(SecureStore, "deleteItemAsync");
  remove.mockRejectedValueOnce(new Error("locked"));
  renderApp(new FakeNetwork(), "/settings");
  await press("Sign out here");
  expect(await heading("You are still signed in")).toBeVisible();
  expect(screen.getByText(/could not forget/)).toBeVisible();
  expect(keychain.get(SESSION)).toBe("next");
  await press("Sign out here");
  await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  remove.mockRestore();
});

test("out here asks the issuer for nothing: it could end all that hangs on its session", async () => {
  const { fake, tokens } = kept();
  fake.discovery = jest.fn(found);
  await tokens.signOut("here");
  await jest.advanceTimersByTimeAsync(1_000);
  expect(keychain.has(SESSION)).toBe(false);
  expect(fake.discovery).not.toHaveBeenCalled();
});

test.each<[string, Answer]>([
  ["takes it", () => new Response()],
  ["is silent", silent],
  ["is away", unreachable],
])(
  "out everywhere gives the refresh token back to an issuer that %s, and does not wait for it",
  async (_, answer) => {
    const { fake, tokens } = kept();
    browser.mockResolvedValue({ type: "success", url: "" });
    fake.revocation = answer;
    await tokens.signOut("everywhere");
    await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
    await waitFor(() => expect(fake.revoked).toHaveLength(1));
    expect(Object.fromEntries(fake.revoked[0] ?? [])).toEqual({
      token: "kept",
      token_type_hint: "refresh_token",
      client_id: "app",
    });
  },
);

test("out everywhere gives back what a renewal under way brings", async () => {
  const { fake, tokens } = kept();
  browser.mockResolvedValue({ type: "success", url: "" });
  let arrive = () => {};
  fake.tokens = () =>
    new Promise((resolve) => {
      arrive = () => resolve(granted());
    });
  const given = tokens.forApi();
  await waitFor(() => expect(fake.asked).toHaveLength(1));
  const left = tokens.signOut("everywhere");
  await waitFor(() => expect(browser).toHaveBeenCalled());
  arrive();
  await left;
  await given;
  await waitFor(() => expect(fake.revoked.map((each) => each.get("token"))).toEqual(["next"]));
  expect(keychain.has(SESSION)).toBe(false);
});

test("out everywhere adds to the query that the issuer's address has", async () => {
  const { fake, tokens } = kept();
  browser.mockResolvedValue({ type: "success", url: "" });
  const end_session_endpoint = `${ISSUER}/end?p=policy`;
  fake.discovery = () => Response.json({ token_endpoint: `${ISSUER}/token`, end_session_endpoint });
  await tokens.signOut("everywhere");
  const url = new URL(browser.mock.calls[0]?.[0] ?? "");
  expect(url.searchParams.get("p")).toBe("policy");
  expect(url.searchParams.get("client_id")).toBe("app");
});

test("out everywhere is refused where the issuer ends no sessions", async () => {
  const { fake, tokens } = kept();
  fake.discovery = () => Response.json({ token_endpoint: `${ISSUER}/token` });
  await expect(tokens.signOut("everywhere")).rejects.toThrow("offers no sign-out");
  expect(keychain.get(SESSION)).toBe("kept");
});

test("out here stays so, whatever a renewal under way brings", async () => {
  const { tokens } = kept();
  const given = tokens.forApi();
  await tokens.signOut("here");
  expect(await given).toBeNull();
  expect(keychain.has(SESSION)).toBe(false);
});

test("out everywhere ends the issuer's session too, and stays when that was not done", async () => {
  keychain.set(SESSION, "kept");
  browser.mockResolvedValueOnce({ type: "cancel" } as never);
  renderApp(new FakeNetwork(), "/settings");
  await press("Sign out everywhere");
  expect(await heading("You are still signed in")).toBeVisible();
  browser.mockResolvedValueOnce({ type: "success", url: "" });
  await press("Sign out everywhere");
  await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  const url = new URL(browser.mock.calls[1]?.[0] ?? "");
  expect(url.href).toMatch(/^https:\/\/id.example\/end\?/);
  expect(url.searchParams.get("id_token_hint")).toBe(ID);
});
