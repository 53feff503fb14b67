import type { User } from "@reference-architecture/shared";
import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { button, heading, menuButton, renderApp } from "../test/render-app.tsx";

function magicLink(user: User | null = null) {
  const fake = new FakeApi().with("mine");
  fake.config = { ...fake.config, authProvider: "magic_link" };
  fake.user = user;
  return fake;
}
/** An answer that waits for its word. */
function held(answer: () => Response) {
  let release = () => {};
  const waiting = new Promise<Response>((resolve) => {
    release = () => resolve(answer());
  });
  return [waiting, () => act(release)] as const;
}

const address = () => screen.findByRole("textbox", { name: "E-mail address" });

afterEach(() => onlineManager.setOnline(true));

describe("asking for a link", () => {
  test("leads to the mailbox, and to another try or another address", async () => {
    const fake = magicLink();
    const user = renderApp(fake);
    await user.type(await address(), " ada@example.com{Enter}");
    expect(await heading("Check your mail")).toHaveFocus();
    expect(screen.getByText("ada@example.com")).toBeVisible();
    await user.click(await button("Send another"));
    await waitFor(() => expect(fake.sent("POST /api/auth/request-link")).toHaveLength(2));
    for (const request of fake.sent("POST /api/auth/request-link")) {
      expect(await request.json()).toEqual({ email: "ada@example.com" });
    }
    await user.click(await button("Use another address"));
    expect(await address()).toHaveValue("ada@example.com");
  });

  test("once more stays on the page, says how it went, and asks no second time meanwhile", async () => {
    const fake = magicLink();
    const user = renderApp(fake);
    await user.type(await address(), "ada@example.com{Enter}");
    const headers = { "retry-after": "60" };
    const [waiting, release] = held(() => failure(429, "rate_limited", { headers }));
    fake.plan("POST /api/auth/request-link", waiting);
    await user.click(await button("Send another"));
    await user.click(await button("Sending…"));
    expect(await button("Sending…")).toHaveFocus();
    expect(await heading("Check your mail")).toBeVisible();
    release();
    expect(await screen.findByRole("alert")).toHaveTextContent("req-1");
    await user.click(await button("Send another"));
    // Within a minute of the last one none is mailed, and the answer is the same.
    const said = await screen.findByText(/^Another link is on its way, unless/);
    expect(said).toBeVisible();
    expect(said).toHaveRole("status");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(await button("Send another")).toHaveFocus();
    expect(fake.sent("POST /api/auth/request-link")).toHaveLength(3);
  });

  test("says what it waits for, first and again", async () => {
    const user = renderApp(magicLink());
    const field = await address();
    await user.type(field, "ada@example.com");
    for (const press of ["Send me a link", "Send another"]) {
      act(() => onlineManager.setOnline(false));
      await user.click(await button(press));
      expect(await screen.findByText(/^Offline\. This will be sent/)).toBeVisible();
      act(() => onlineManager.setOnline(true));
      await heading("Check your mail");
      await waitFor(() => expect(screen.queryByText(/^Offline\./)).toBeNull());
    }
  });

  test.each(["", "no address"])("for %j is refused without asking the server", async (typed) => {
    const fake = magicLink();
    const user = renderApp(fake);
    await user.click(await address());
    await user.keyboard(`${typed}{Enter}`);
    expect(await address()).toBeInvalid();
    expect(await address()).toHaveFocus();
    expect(fake.sent("POST /api/auth/request-link")).toEqual([]);
  });

  test("shows why it failed, and what to quote", async () => {
    const user = renderApp(
      magicLink().plan("POST /api/auth/request-link", failure(500, "internal")),
    );
    await user.type(await address(), "ada@example.com{Enter}");
    expect(await screen.findByText("Failed: internal")).toBeVisible();
    expect(screen.getByText("req-1")).toBeVisible();
  });
});

describe("the page that the link opens", () => {
  test("spends nothing until somebody presses the button", async () => {
    const fake = magicLink();
    const user = renderApp(fake, "/auth/verify#token=secret");
    const signIn = await button("Sign in");
    expect(fake.sent("POST /api/auth/verify")).toEqual([]);
    await user.click(signIn);
    await button("Rename mine");
    expect(await fake.sent("POST /api/auth/verify")[0]?.json()).toEqual({ token: "secret" });
    expect(await button("Account: ada@example.com")).toBeVisible();
  });

  test("says who is signed in, before and after", async () => {
    const fake = magicLink({ ...ada, userId: "another", email: "grace@example.com" });
    const user = renderApp(fake, "/auth/verify#token=secret");
    expect(await screen.findByText(/^You are signed in as/)).toHaveTextContent("grace@example.com");
    await user.click(await button("Sign in"));
    await button("Rename mine");
    const said = screen.getByText(/You are signed in as/);
    expect(said).toHaveTextContent("You are signed in as ada@example.com.");
  });

  test("offers nothing until it can say who is signed in", async () => {
    const fake = magicLink({ ...ada, email: "grace@example.com" });
    const [late, arrive] = held(() => Response.json({ data: fake.user }));
    fake.plan("GET /api/me", late);
    renderApp(fake, "/auth/verify#token=secret");
    await waitFor(() => expect(fake.sent("GET /api/me")).toHaveLength(1));
    expect(screen.queryByRole("button", { name: "Sign in" })).toBeNull();
    arrive();
    await button("Sign in");
    expect(screen.getByText(/^You are signed in as/)).toHaveTextContent("grace@example.com");
  });

  test("says so when it is not known who is signed in, and can be used all the same", async () => {
    const fake = magicLink().plan("GET /api/me", failure(500, "internal"));
    const user = renderApp(fake, "/auth/verify#token=secret");
    const signIn = await button("Sign in");
    expect(screen.getByText(/^Whether somebody is signed in here could not/)).toBeVisible();
    await user.click(signIn);
    await button("Rename mine");
  });

  test("goes on saying whom it replaces until it has", async () => {
    const fake = magicLink({ ...ada, userId: "another", email: "grace@example.com" });
    const user = renderApp(fake, "/auth/verify#token=secret");
    const signIn = await button("Sign in");
    const [late, arrive] = held(() => Response.json({ data: ada }));
    fake.plan("GET /api/me", late);
    await user.click(signIn);
    await waitFor(() => expect(fake.sent("GET /api/me")).toHaveLength(2));
    expect(screen.getByText(/^You are signed in as/)).toHaveTextContent("grace@example.com");
    arrive();
    await button("Rename mine");
  });

  test("says what it waits for", async () => {
    const user = renderApp(magicLink(), "/auth/verify#token=secret");
    const signIn = await button("Sign in");
    act(() => onlineManager.setOnline(false));
    await user.click(signIn);
    expect(await screen.findByText(/^Offline\. This will be sent/)).toHaveRole("status");
    act(() => onlineManager.setOnline(true));
    await button("Rename mine");
  });

  test("leads to the app where the build knows its scheme, and names its server there", async () => {
    renderApp(magicLink(), "/auth/verify#token=secret");
    await button("Sign in");
    expect(screen.queryByRole("link", { name: "Open in the app" })).toBeNull();
    cleanup();
    vi.stubEnv("VITE_APP_SCHEME", "example-app");
    renderApp(magicLink(), "/auth/verify#token=secret");
    const link = await screen.findByRole("link", { name: "Open in the app" });
    const whole = `${location.origin}/auth/verify#token=secret`;
    expect(link).toHaveAttribute("href", `example-app://auth/verify#${whole}`);
  });

  test.each([
    ["is spent", "/auth/verify#token=secret"],
    ["has lost its token", "/auth/verify"],
  ])("offers a new link when the old one %s", async (_, path) => {
    const refused = failure(401, "unauthenticated");
    const user = renderApp(magicLink().plan("POST /api/auth/verify", refused), path);
    if (path.includes("#")) await user.click(await button("Sign in"));
    expect(await heading("This link no longer works")).toBeVisible();
    await user.click(screen.getByRole("link", { name: "Get a new link" }));
    expect(await address()).toBeVisible();
  });

  test("says so when it is not known who was signed in, and does not ask for an address again", async () => {
    const fake = magicLink();
    const user = renderApp(fake, "/auth/verify#token=secret");
    const signIn = await button("Sign in");
    fake.plan("GET /api/me", failure(500, "internal"));
    await user.click(signIn);
    expect(await heading("Your account could not be loaded")).toBeVisible();
    await user.click(await button("Try again"));
    await button("Rename mine");
  });

  test("keeps the link, and the focus, for another try when the server broke", async () => {
    const broken = failure(500, "internal");
    const user = renderApp(
      magicLink().plan("POST /api/auth/verify", broken),
      "/auth/verify#token=s",
    );
    await user.click(await button("Sign in"));
    expect(await screen.findByText("req-1")).toBeVisible();
    expect(await button("Sign in")).toHaveFocus();
    await user.click(await button("Sign in"));
    await button("Rename mine");
  });
});

describe("the account", () => {
  test.each([
    ["Sign out here", "POST /api/auth/logout"],
    ["Sign out everywhere", "POST /api/auth/logout-everywhere"],
  ])("%s ends the session and shows the sign-in", async (name, route) => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await button("Rename mine");
    await user.click(await menuButton(name));
    expect(await heading("Sign in")).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(fake.sent(route)).toHaveLength(1);
    expect(screen.queryByText("mine")).toBeNull();
  });

  test("says so when signing out failed, in a menu that was closed meanwhile too", async () => {
    const user = renderApp(magicLink(ada).plan("POST /api/auth/logout", failure(500, "internal")));
    await user.click(await menuButton("Sign out here"));
    const alert = await screen.findByRole("alert");
    expect(alert).toBeVisible();
    expect(alert).toHaveTextContent("You are still signed in.");
  });

  test("is left only when what was deleted under it is", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await user.click(await button("Delete mine"));
    await user.click(await menuButton("Sign out here"));
    await heading("Sign in");
    expect(fake.examples).toEqual([]);
    const ends = fake.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);
    expect(ends).toEqual(["DELETE", "POST"]);
  });

  test("says what signing out waits for, which is asked for once", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await button("Rename mine");
    act(() => onlineManager.setOnline(false));
    await user.click(await menuButton("Sign out here"));
    expect(
      await screen.findByText("Offline. This will be sent when you are back online."),
    ).toBeInTheDocument();
    await user.click(await menuButton("Sign out everywhere"));
    act(() => onlineManager.setOnline(true));
    await heading("Sign in");
    expect(fake.sent("POST /api/auth/logout-everywhere")).toEqual([]);
  });

  test("left on another page says so, and the focus goes to the heading there", async () => {
    const user = renderApp(magicLink(ada), "/about");
    await user.click(await menuButton("Sign out here"));
    await waitFor(async () => expect(await heading("About this deployment")).toHaveFocus());
    expect(screen.getByText("Signed out")).toBeInTheDocument();
  });

  test("that cannot be loaded can be asked for again", async () => {
    const user = renderApp(magicLink(ada).plan("GET /api/me", failure(500, "internal")));
    await user.click(await button("Try again"));
    await button("Rename mine");
  });
});

test("a session that ended elsewhere leads back to the sign-in, and says that it took what was written", async () => {
  const fake = magicLink(ada);
  const user = renderApp(fake);
  await button("Rename mine");
  fake.user = null;
  await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
  expect(await heading("Sign in")).toBeVisible();
  const said = "Your session has ended. What was not saved is gone.";
  expect(screen.getByRole("alert")).toHaveTextContent(said);
});

test("a session that another tab ended says that it took a deletion that could still be undone", async () => {
  const fake = magicLink(ada);
  const user = renderApp(fake);
  await user.click(await button("Delete mine"));
  await button("Undo");
  fake.user = null;
  const otherTab = new BroadcastChannel("session");
  otherTab.postMessage("changed");
  expect(await heading("Sign in")).toBeVisible();
  otherTab.close();
  const said = "Your session has ended. What was not saved is gone.";
  expect(screen.getByRole("alert")).toHaveTextContent(said);
  expect(fake.examples).toHaveLength(1);
});

test("a rename that was refused for want of a session, and then saved, is no loss at a sign-out", async () => {
  const fake = magicLink(ada);
  fake.plan(`PATCH /api/example/${fake.examples[0]?.id}`, failure(401, "unauthenticated"));
  const user = renderApp(fake);
  await user.click(await button("Rename mine"));
  const field = await screen.findByRole("textbox", { name: "New name for mine" });
  await user.clear(field);
  await user.type(field, "yours{Enter}");
  await waitFor(() => expect(field).toBeInvalid());
  await user.type(field, "{Enter}");
  await button("Rename yours");
  await user.click(await menuButton("Sign out here"));
  expect(await heading("Sign in")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

describe("when somebody else signed in meanwhile in another tab", () => {
  const grace = { ...ada, userId: "5b0f1f0e-0000-5000-8000-000000000002", email: "g@example.com" };
  let otherTab: BroadcastChannel;
  beforeEach(() => {
    otherTab = new BroadcastChannel("session");
  });
  afterEach(() => otherTab.close());
  const comeBack = () => {
    const later = Date.now() + 60_000;
    vi.spyOn(Date, "now").mockReturnValue(later);
    window.dispatchEvent(new Event("visibilitychange"));
  };

  test("this one asks who it is when the other says so", async () => {
    const fake = magicLink(ada);
    renderApp(fake);
    await button("Account: ada@example.com");
    fake.user = grace;
    otherTab.postMessage("changed");
    await button("Account: g@example.com");
  });

  test("what this one was sending is not sent again, as it would be as the other", async () => {
    const fake = magicLink(ada);
    const [waiting, fail] = held(() => failure(503, "unavailable"));
    const [late, arrive] = held(() => Response.json({ data: grace }));
    fake.plan("POST /api/example", waiting);
    const user = renderApp(fake);
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    fake.plan("GET /api/me", late);
    fake.user = grace;
    // A page asks before it is closed while something waits to be sent.
    const isWaiting = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    await waitFor(() => expect(isWaiting()).toBe(true));
    otherTab.postMessage("changed");
    await waitFor(() => expect(isWaiting()).toBe(false));
    fail();
    arrive();
    await button("Account: g@example.com");
    expect(fake.sent("POST /api/example")).toHaveLength(1);
  });

  test("nothing can be written here while it is not known who that is", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await screen.findByRole("textbox", { name: "New example" });
    const headers = { "retry-after": "3600" };
    fake.plan("GET /api/me", failure(429, "rate_limited", { headers }));
    fake.user = grace;
    otherTab.postMessage("changed");
    expect(await heading("Your account could not be loaded")).toBeVisible();
    expect(screen.queryByRole("textbox")).toBeNull();
    await user.click(await button("Try again"));
    await button("Account: g@example.com");
  });

  test.each([
    ["in", null, "/auth/verify#token=secret", () => button("Sign in")],
    ["out", ada, "/", () => menuButton("Sign out here")],
  ])("the other is told of who signed %s", async (_, before, address, press) => {
    const heard = new Promise((resolve) => {
      otherTab.onmessage = resolve;
    });
    const user = renderApp(magicLink(before), address);
    await user.click(await press());
    await heard;
  });

  test("the list of the one before is not shown, not even until the own one is there", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await button("Rename mine");
    fake.user = null;
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "new{Enter}");
    await heading("Sign in");
    fake.user = grace;
    fake.plan("GET /api/example", new Promise(() => {}));
    comeBack();
    await button("Account: g@example.com");
    expect(await screen.findByText("Loading the examples")).toBeInTheDocument();
    expect(screen.queryByText("mine")).toBeNull();
  });

  test("what the one before was told is there to be read no longer", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "secret{Enter}");
    await screen.findByText("Added secret");
    fake.user = grace;
    fake.examples = [];
    otherTab.postMessage("changed");
    await button("Account: g@example.com");
    expect(screen.queryByText("Added secret")).toBeNull();
  });

  test("what the one before was writing is gone", async () => {
    const fake = magicLink(ada);
    const user = renderApp(fake);
    await user.type(await screen.findByRole("textbox", { name: "New example" }), "secret");
    fake.user = grace;
    comeBack();
    await button("Account: g@example.com");
    expect(await screen.findByRole("textbox", { name: "New example" })).toHaveValue("");
  });

  test("why the one before could not sign out is not told", async () => {
    const fake = magicLink(ada).plan("POST /api/auth/logout", failure(500, "internal"));
    const user = renderApp(fake);
    await user.click(await menuButton("Sign out here"));
    await screen.findByRole("alert");
    fake.user = grace;
    comeBack();
    await button("Account: g@example.com");
    await waitFor(() => expect(screen.queryByRole("alert", { hidden: true })).toBeNull());
  });
});
