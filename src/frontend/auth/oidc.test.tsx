import type { Config } from "@reference-architecture/shared";
import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { act, screen, waitFor } from "@testing-library/react";
import { UserManager } from "oidc-client-ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { button, heading, menuButton, renderApp } from "../test/render-app.tsx";
import { OidcTokens } from "./oidc-tokens.ts";

const ISSUER = "https://id.example";
const oidc = { issuer: ISSUER, clientId: "web", audience: "https://api.example" };
const KEPT = `oidc.user:${ISSUER}:web`;

/** The API, and an issuer beside it behind the same `fetch`. */
class FakeNetwork extends FakeApi {
  /** What the issuer was asked for tokens with. */
  readonly asked: URLSearchParams[] = [];
  /** What it was asked to take back. */
  readonly revoked: URLSearchParams[] = [];
  metadata: object | null | Promise<object> = {
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    end_session_endpoint: `${ISSUER}/end`,
    revocation_endpoint: `${ISSUER}/revoke`,
  };
  /** Whether the issuer takes every question, and says nothing. */
  isSilent = false;
  tokens: () => Response | Promise<Response> = () =>
    Response.json({ access_token: "renewed", refresh_token: "next", expires_in: 300 });

  revocation: () => Response | Promise<Response> = () => new Response(null);

  constructor(change: Partial<NonNullable<Config["oidc"]>> = {}) {
    super();
    this.with("mine");
    this.config = { ...this.config, authProvider: "oidc", oidc: { ...oidc, ...change } };
    this.user = { ...ada, name: "Ada" };
  }

  override takeTheNetwork() {
    globalThis.fetch = (async (input: Request | string, init?: RequestInit) => {
      const url = typeof input === "string" ? input : input.url;
      if (!url.startsWith(ISSUER)) return this.fetch(new Request(input, init));
      if (this.isSilent) return aborted(init?.signal);
      if (url.endsWith("/revoke")) {
        this.revoked.push(new URLSearchParams(String(init?.body)));
        return this.revocation();
      }
      if (!url.endsWith("/token")) return Response.json(reached(await this.metadata));
      this.asked.push(new URLSearchParams(String(init?.body)));
      return this.tokens();
    }) as typeof fetch;
  }

  /** How the API was asked for the examples. */
  get bearers() {
    return this.sent("GET /api/example").map(({ headers }) => headers.get("authorization"));
  }
}

const aborted = (signal?: AbortSignal | null) =>
  new Promise<Response>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });

/** An ID token with so many seconds to live. */
const jwt = (seconds: number) => {
  const claims = { iss: ISSUER, sub: "ada", aud: "web", iat: 1, exp: FIRST + seconds };
  return `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.x`;
};
const FIRST = Math.floor(Date.now() / 1_000);

function reached<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw new TypeError("Failed to fetch");
  return answer;
}

/** As the library leaves them in the tab; in a browser they come from a real issuer. */
function keep(change: object = {}) {
  const tokens = {
    access_token: "access",
    id_token: "id",
    refresh_token: "kept",
    scope: "openid",
    profile: {},
    expires_at: Date.now() / 1000 + 300,
  };
  sessionStorage.setItem(KEPT, JSON.stringify({ ...tokens, ...change }));
}
const RUN_OUT = { expires_at: 1 };

/** An answer that waits for its word. */
function held<Answer>(answer: () => Answer | Promise<Answer>) {
  let release = () => {};
  const waiting = new Promise<Answer>((resolve) => {
    release = () => resolve(answer());
  });
  return [waiting, () => act(release)] as const;
}

const refused = () => failure(401, "unauthenticated");
const forbidden = () => failure(403, "forbidden");

const leaving = UserManager.prototype;
afterEach(() => void vi.useRealTimers());
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  // jsdom cannot leave the page.
  vi.spyOn(leaving, "signinRedirect").mockResolvedValue();
  vi.spyOn(leaving, "signoutRedirect").mockResolvedValue();
});

describe("signed in", () => {
  test.each([
    ["the access token", {}, "access"],
    ["the ID token, where that is made out to the API", { audience: "web" }, "id"],
  ])("the API is asked with %s", async (_, change, token) => {
    keep();
    const fake = new FakeNetwork(change);
    renderApp(fake);
    await button("Rename mine");
    expect(fake.sent("GET /api/me")[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
    expect(fake.bearers).toEqual([`Bearer ${token}`]);
  });

  test("at the issuer but not accepted by the API, it says so", async () => {
    keep();
    renderApp(new FakeNetwork().plan("GET /api/me", refused()));
    expect(await screen.findByRole("alert")).toHaveTextContent("has no access here");
  });

  test("but not accepted by the API, it leads to another account", async () => {
    keep();
    const user = renderApp(new FakeNetwork().plan("GET /api/me", refused()));
    await user.click(await button("Continue to sign in"));
    await waitFor(() => expect(leaving.signinRedirect).toHaveBeenCalledOnce());
    expect(leaving.signinRedirect).toHaveBeenCalledWith({ scope: "openid", prompt: "login" });
  });

  test.each([
    ["of another tenant", (fake: FakeNetwork) => fake.plan("GET /api/me", forbidden())],
    [
      "whose renewal the issuer refuses for good",
      (fake: FakeNetwork) => {
        keep(RUN_OUT);
        fake.tokens = () => Response.json({ error: "invalid_client" }, { status: 401 });
      },
    ],
  ])("an account %s can be left for another one", async (_, refuse) => {
    keep();
    const fake = new FakeNetwork();
    refuse(fake);
    const user = renderApp(fake);
    expect(await heading("Your account could not be loaded")).toBeVisible();
    await user.click(await button("Sign out here"));
    await user.click(await button("Continue to sign in"));
    await waitFor(() => expect(leaving.signinRedirect).toHaveBeenCalledOnce());
    expect(leaving.signinRedirect).toHaveBeenCalledWith({ scope: "openid", prompt: "login" });
    expect(sessionStorage.getItem(KEPT)).toBeNull();
  });
});

test("who goes elsewhere while the code is traded is signed in all the same", async () => {
  const fake = new FakeNetwork().plan("GET /api/me", refused());
  const [traded, arrive] = held(() => {});
  const trade = vi.spyOn(leaving, "signinRedirectCallback").mockImplementation(async () => {
    await traded;
    keep();
    return {} as never;
  });
  const user = renderApp(fake, "/auth/callback?code=c&state=s");
  await waitFor(() => expect(trade).toHaveBeenCalledOnce());
  await user.click(await screen.findByRole("link", { name: /home/ }));
  await button("Continue to sign in");
  arrive();
  await button("Rename mine");
});

test("a code whose trade has no end is told of as one that failed", async () => {
  vi.useFakeTimers();
  vi.spyOn(leaving, "signinRedirectCallback").mockReturnValue(new Promise(() => {}));
  const tokens = new OidcTokens(oidc);
  const traded = tokens.exchange("?code=c&state=s");
  await vi.advanceTimersByTimeAsync(30_000);
  await traded;
  expect(tokens.problem?.message).toMatch(/could not be completed/);
});

describe("a token that has run out", () => {
  test("is renewed at the start", async () => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    renderApp(fake);
    await button("Rename mine");
    expect(fake.asked.map((each) => each.get("refresh_token"))).toEqual(["kept"]);
    expect(fake.bearers).toEqual(["Bearer renewed"]);
  });

  test.each([
    ["whose successor comes is renewed", { id_token: jwt(3_600) }, "Rename mine"],
    ["without a successor leads to the sign-in", {}, "Continue to sign in"],
  ])("as an ID token that is made out to the API, %s", async (_, successor, shown) => {
    keep({ id_token: jwt(-1) });
    const fake = new FakeNetwork({ audience: "web" });
    const bearer = `Bearer ${jwt(-1)}`;
    fake.tokens = () => Response.json({ access_token: "a", expires_in: 3_600, ...successor });
    if (!("id_token" in successor)) fake.plan("GET /api/me", refused());
    renderApp(fake);
    await button(shown);
    expect(fake.asked).toHaveLength(1);
    expect(screen.queryByRole("alert")).toBeNull();
    expect(fake.bearers).not.toContain(bearer);
  });

  test("and is not renewed while something is written says at the sign-in what went with it", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await button("Rename mine");
    keep({ ...RUN_OUT, refresh_token: undefined });
    fake.plan("POST /api/example", refused()).plan("GET /api/me", refused());
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    expect(await heading("Sign in")).toBeVisible();
    const said = "Your session has ended. What was not saved is gone.";
    expect(screen.getByRole("alert")).toHaveTextContent(said);
  });

  test("is not waited for when the issuer is silent for ten seconds", async () => {
    vi.useFakeTimers();
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    fake.isSilent = true;
    fake.takeTheNetwork();
    const failed = expect(new OidcTokens(oidc).forApi()).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
  });

  const endless = () => new Response(new ReadableStream());

  test("is waited for no longer when the issuer's answer has no end", async () => {
    vi.useFakeTimers();
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    const issuer = fake.tokens;
    fake.tokens = endless;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const failed = expect(tokens.forApi()).rejects.toThrow("too long");
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
    fake.tokens = issuer;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await tokens.forApi()).toBe("renewed");
  });

  test("whose renewal has no end holds up no sign-out", async () => {
    vi.useFakeTimers();
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    fake.tokens = endless;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const failed = expect(tokens.forApi()).rejects.toThrow("too long");
    const left = tokens.signOut("everywhere");
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
    await left;
    expect(leaving.signoutRedirect).toHaveBeenCalledOnce();
  });

  test("is renewed once for all who ask", async () => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const given = await Promise.all([tokens.forApi(), tokens.forApi(), tokens.forApi()]);
    expect(given).toEqual(["renewed", "renewed", "renewed"]);
    expect(fake.asked).toHaveLength(1);
  });

  test("is renewed by the next request, as soon as the issuer answers, and the page stays", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await button("Rename mine");
    keep(RUN_OUT);
    const issuer = fake.tokens;
    const [late, answer] = held(issuer);
    fake.tokens = () => {
      fake.tokens = () => late;
      throw new TypeError("Failed to fetch");
    };
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    expect(await screen.findByText("The server is not responding. Trying again…")).toBeVisible();
    expect(await button("Rename mine")).toBeVisible();
    answer();
    await button("Rename new");
    const [sent] = fake.sent("POST /api/example");
    expect(sent?.headers.get("authorization")).toBe("Bearer renewed");
  });

  test.each([
    ["cannot be reached", () => reached<Response>(null)],
    ["is busy", () => Response.json({ error: "temporarily_unavailable" }, { status: 503 })],
    ["is broken", () => Response.json({ error: "server_error" }, { status: 500 })],
  ])("leads to no sign-in while the issuer %s, but to another try", async (_, failing) => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    const issuer = fake.tokens;
    fake.tokens = failing;
    const user = renderApp(fake);
    expect(await heading("Your account could not be loaded")).toBeVisible();
    fake.tokens = issuer;
    await user.click(await button("Try again"));
    await button("Rename mine");
  });

  test("whose renewal the issuer refuses for good is not asked for again, and that is said", async () => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    fake.tokens = () => Response.json({ error: "invalid_client" }, { status: 401 });
    renderApp(fake);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The sign-in service refused to renew the sign-in.");
    expect(fake.asked).toHaveLength(1);
  });

  test.each([
    ["whose refresh token is refused", {}],
    ["without a refresh token", { refresh_token: undefined }],
  ])("%s leads to the sign-in, and to no reproach", async (_, change) => {
    keep({ ...RUN_OUT, ...change });
    const fake = new FakeNetwork().plan("GET /api/me", refused());
    fake.tokens = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    renderApp(fake);
    expect(await heading("Sign in")).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(fake.sent("GET /api/me")[0]?.headers.get("authorization")).toBeNull();
  });
});

describe("signing out", () => {
  test("here forgets the tokens and leaves the issuer's session", async () => {
    keep();
    const user = renderApp(new FakeNetwork());
    await user.click(await menuButton("Sign out here"));
    expect(await heading("Sign in")).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(sessionStorage.getItem(KEPT)).toBeNull();
    expect(leaving.signoutRedirect).not.toHaveBeenCalled();
  });

  test("everywhere has the issuer take the refresh token back", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await user.click(await menuButton("Sign out everywhere"));
    await waitFor(() => expect(leaving.signoutRedirect).toHaveBeenCalledOnce());
    const revoked = fake.revoked.map((each) => Object.fromEntries(each));
    const hint = "refresh_token";
    expect(revoked).toEqual([{ token: "kept", token_type_hint: hint, client_id: "web" }]);
  });

  test("here leaves the issuer alone, since what it took back could end other tabs", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await user.click(await menuButton("Sign out here"));
    await heading("Sign in");
    expect(fake.revoked).toEqual([]);
  });

  test("everywhere in another tab has the issuer take back what this one holds", async () => {
    keep();
    const fake = new FakeNetwork();
    renderApp(fake);
    await button("Rename mine");
    const otherTab = new BroadcastChannel("oidc");
    otherTab.postMessage("signed out");
    await heading("Sign in");
    otherTab.close();
    expect(sessionStorage.getItem(KEPT)).toBeNull();
    await waitFor(() => expect(fake.revoked.map((each) => each.get("token"))).toEqual(["kept"]));
  });

  test("here does not wait for an issuer that is silent", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await button("Rename mine");
    fake.isSilent = true;
    await user.click(await menuButton("Sign out here"));
    expect(await heading("Sign in")).toBeVisible();
  });

  test("everywhere in another tab has what a renewal still brings here taken back", async () => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    const [late, answer] = held(fake.tokens);
    fake.tokens = () => late;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const given = tokens.forApi();
    await waitFor(() => expect(fake.asked).toHaveLength(1));
    const told = new Promise<void>((resolve) => {
      tokens.whenSignedOutElsewhere(resolve);
    });
    const otherTab = new BroadcastChannel("oidc");
    otherTab.postMessage("signed out");
    await told;
    otherTab.close();
    answer();
    expect(await given).toBeNull();
    await waitFor(() =>
      expect(fake.revoked.map((each) => each.get("token"))).toEqual(["kept", "next"]),
    );
    expect(sessionStorage.getItem(KEPT)).toBeNull();
  });

  test("is not undone by a renewal that was on its way", async () => {
    keep();
    const fake = new FakeNetwork();
    const user = renderApp(fake);
    await button("Rename mine");
    keep(RUN_OUT);
    let answer = () => {};
    const issuer = fake.tokens;
    fake.tokens = () =>
      new Promise((resolve) => {
        answer = () => resolve(issuer());
      });
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    await waitFor(() => expect(fake.asked).toHaveLength(1));
    await user.click(await menuButton("Sign out here"));
    act(answer);
    expect(await heading("Sign in")).toBeVisible();
    expect(sessionStorage.getItem(KEPT)).toBeNull();
  });

  test("here waits for no renewal that is on its way, and is not undone by it", async () => {
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    const [late, answer] = held(fake.tokens);
    fake.tokens = () => late;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const given = tokens.forApi();
    await waitFor(() => expect(fake.asked).toHaveLength(1));
    await tokens.signOut("here");
    answer();
    expect(await given).toBeNull();
    expect(sessionStorage.getItem(KEPT)).toBeNull();
  });

  test("everywhere takes back what a renewal that is on its way brings", async () => {
    vi.useFakeTimers();
    keep(RUN_OUT);
    const fake = new FakeNetwork();
    const [late, answer] = held(fake.tokens);
    fake.tokens = () => late;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const given = tokens.forApi();
    const left = tokens.signOut("everywhere");
    await vi.advanceTimersByTimeAsync(5_000);
    answer();
    await given;
    await left;
    expect(fake.revoked.map((each) => each.get("token"))).toEqual(["next"]);
  });

  test("everywhere takes back what a renewal brings that begins meanwhile", async () => {
    keep();
    const fake = new FakeNetwork();
    const [late, answer] = held(() => new Response(null));
    fake.revocation = () => late;
    fake.takeTheNetwork();
    const tokens = new OidcTokens(oidc);
    const left = tokens.signOut("everywhere");
    await waitFor(() => expect(fake.revoked).toHaveLength(1));
    keep(RUN_OUT);
    expect(await tokens.forApi()).toBeNull();
    answer();
    await left;
    await waitFor(() =>
      expect(fake.revoked.map((each) => each.get("token"))).toEqual(["kept", "next"]),
    );
    expect(sessionStorage.getItem(KEPT)).toBeNull();
  });

  test("everywhere ends here too when somebody is held back from leaving for the issuer", async () => {
    vi.useFakeTimers();
    keep();
    const fake = new FakeNetwork();
    fake.takeTheNetwork();
    vi.mocked(leaving.signoutRedirect).mockReturnValue(new Promise(() => {}));
    const left = new OidcTokens(oidc).signOut("everywhere");
    await vi.advanceTimersByTimeAsync(30_000);
    await left;
  });

  test("everywhere leads to the issuer", async () => {
    keep();
    const user = renderApp(new FakeNetwork());
    await user.click(await menuButton("Sign out everywhere"));
    await waitFor(() => expect(leaving.signoutRedirect).toHaveBeenCalledOnce());
  });

  test("everywhere has told of what was refused, and leaves without a question of the browser", async () => {
    keep();
    const [answer, refuse] = held(() => failure(500, "internal"));
    const fake = new FakeNetwork().plan("POST /api/example", answer);
    const user = renderApp(fake);
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    await user.click(screen.getByRole("link", { name: /About/ }));
    refuse();
    expect(await screen.findByRole("alert")).toHaveTextContent("new could not be saved.");
    const isAsked = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    await waitFor(() => expect(isAsked()).toBe(true));
    await user.click(await menuButton("Sign out everywhere"));
    await screen.findByText(/^You are still signed in\. new could not be saved\./);
    expect(leaving.signoutRedirect).not.toHaveBeenCalled();
    const { metadata } = fake;
    const [late, found] = held(() => metadata as object);
    fake.metadata = late;
    await user.click(await menuButton("Sign out everywhere"));
    await waitFor(() => expect(isAsked()).toBe(false));
    found();
    await waitFor(() => expect(leaving.signoutRedirect).toHaveBeenCalledOnce());
  });

  test.each([
    ["cannot be reached", null, "could not be reached"],
    ["has no such endpoint", {}, "offers no sign-out"],
  ])("everywhere keeps somebody signed in where the issuer %s", async (_, metadata, said) => {
    keep();
    const fake = new FakeNetwork();
    fake.metadata = metadata;
    const user = renderApp(fake);
    await user.click(await menuButton("Sign out everywhere"));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("You are still signed in.");
    expect(alert).toHaveTextContent(said);
    expect(sessionStorage.getItem(KEPT)).not.toBeNull();
    expect(leaving.signoutRedirect).not.toHaveBeenCalled();
    expect(await button("Rename mine")).toBeVisible();
  });
});

describe("signed out", () => {
  const signedOut = (metadata: object | null) => {
    const fake = new FakeNetwork().plan("GET /api/me", refused());
    fake.metadata = metadata;
    return fake;
  };

  test.each([
    [["openid", "email", "offline_access"], "openid email offline_access"],
    [undefined, "openid"],
  ])("of the scopes %j it asks for those it needs", async (scopes_supported, scope) => {
    const user = renderApp(signedOut({ scopes_supported }));
    await user.click(await button("Continue to sign in"));
    await waitFor(() => expect(leaving.signinRedirect).toHaveBeenCalledWith({ scope }));
    // Whoever comes back by the browser's button finds it as it was.
    expect(await button("Continue to sign in")).not.toHaveAttribute("aria-disabled", "true");
  });

  test("an issuer that cannot be reached is said, and can be tried again", async () => {
    const user = renderApp(signedOut(null));
    const signIn = await button("Continue to sign in");
    await user.click(signIn);
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be reached");
    expect(signIn).not.toHaveAttribute("aria-disabled", "true");
  });

  test.each([
    ["turned back there", "error=access_denied&state=s", "cancelled or denied"],
    ["failed there", "error=server_error&error_description=E_17&state=s", "not be completed"],
    ["asked in another browser", "code=c&state=unknown", "not be completed"],
  ])("says in its own words that somebody who %s is not signed in", async (_, query, said) => {
    const state = { id: "s", authority: ISSUER, client_id: "web", redirect_uri: "", scope: "" };
    localStorage.setItem("oidc.s", JSON.stringify(state));
    renderApp(signedOut({}), `/auth/callback?${query}`);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(new RegExp(`^Sign-in .*${said}`));
    expect(alert).not.toHaveTextContent(/E_17|state/);
  });
});
