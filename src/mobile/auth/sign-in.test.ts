import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor } from "@testing-library/react-native";
import { keychain } from "../test/keychain.ts";
import {
  announced,
  button,
  field,
  heading,
  ORIGIN,
  openLink,
  press,
  renderApp,
  LINK_SESSION as SESSION,
  type,
} from "../test/render-app.ts";

function magicLink(user: FakeApi["user"] = null) {
  const fake = new FakeApi().with("mine");
  fake.config = { ...fake.config, authProvider: "magic_link" };
  fake.user = user;
  return fake;
}

/** What a phone's link leads to. */
const VERIFY = `/auth/verify#${ORIGIN}/auth/verify#token=`;

const list = () => screen.findByRole("link", { name: /^mine/ });

test("without a provider there is no sign-in anywhere", async () => {
  renderApp(new FakeApi(), "/auth/verify#token=t");
  expect(await heading("Nothing here yet")).toBeVisible();
  await press("Settings");
  expect(await heading("About this deployment")).toBeVisible();
  expect(screen.queryByText(/sign in|sign out|account/i)).toBeNull();
});

test.each([
  ["Settings", magicLink(ada)],
  ["New", magicLink(ada)],
  ["Sign out", magicLink(ada).plan("GET /api/me", failure(403, "forbidden"))],
  ["I have a link", magicLink()],
])("two quick presses on %s open one screen", async (name, fake) => {
  const app = renderApp(fake);
  const found = await button(name);
  act(() => {
    fireEvent.press(found);
    fireEvent.press(found);
  });
  expect(app.getRouterState()?.routes[0]?.state?.routes).toHaveLength(2);
});

describe("asking for a link", () => {
  test("needs an address, says where it goes, and takes another address", async () => {
    const fake = magicLink();
    renderApp(fake);
    await type("E-mail address", "ada");
    await press("Send me a link");
    expect(await screen.findByText("Enter an e-mail address.")).toBeVisible();
    expect(fake.sent("POST /api/auth/request-link")).toEqual([]);
    await type("E-mail address", " ada@example.com ");
    await press("Send me a link");
    expect(await screen.findByText(/on its way to ada@example.com/)).toBeVisible();
    expect(announced().at(-1)).toBe("Check your mail");
    await press("Use another address");
    expect(await button("Send me a link")).toBeVisible();
  });

  test("once more stays where it is, says how it went, and asks no second time meanwhile", async () => {
    const fake = magicLink();
    renderApp(fake);
    await type("E-mail address", "ada@example.com");
    await press("Send me a link");
    await heading("Check your mail");
    let release = () => {};
    const held = new Promise<Response>((resolve) => {
      release = () => resolve(failure(500, "internal"));
    });
    fake.plan("POST /api/auth/request-link", held);
    await press("Send another");
    expect(await button("Sending…")).toBeDisabled();
    expect(await heading("Check your mail")).toBeVisible();
    act(release);
    expect(await screen.findByText("Request req-1")).toBeVisible();
    await press("Send another");
    expect(await screen.findByText(/^Another link is on its way, unless/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Another link is on its way, unless/);
    expect(screen.queryByText("Request req-1")).toBeNull();
    expect(fake.sent("POST /api/auth/request-link")).toHaveLength(3);
  });

  test("without a network says what it waits for, the first time and once more", async () => {
    renderApp(magicLink());
    await type("E-mail address", "ada@example.com");
    act(() => onlineManager.setOnline(false));
    await press("Send me a link");
    expect(await screen.findByText(/^Offline\./)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Offline\./);
    act(() => onlineManager.setOnline(true));
    await heading("Check your mail");
    act(() => onlineManager.setOnline(false));
    await press("Send another");
    expect(await screen.findByText(/^Offline\./)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Offline\./);
    act(() => onlineManager.setOnline(true));
    expect(await screen.findByText(/^Another link is on its way, unless/)).toBeVisible();
  });

  test("that fails shows why, with the request id", async () => {
    const fake = magicLink().plan("POST /api/auth/request-link", failure(500, "internal"));
    renderApp(fake);
    await type("E-mail address", "ada@example.com");
    await press("Send me a link");
    expect(await screen.findByText("Failed: internal")).toBeVisible();
    expect(screen.getByText("Request req-1")).toBeVisible();
  });
});

describe("a link", () => {
  test.each([
    ["the app's scheme", `reference-architecture://auth/verify#${ORIGIN}/auth/verify#`],
    ["the app's scheme, encoded", `reference-architecture://auth/verify#${ORIGIN}/auth/verify%23`],
    ["the host's address", `${ORIGIN}/auth/verify#`],
  ])("by %s leads the phone to its screen, with the token in it", async (_, address) => {
    const fake = magicLink();
    renderApp(fake);
    await field("E-mail address");
    await openLink(`${address}token=from-the-mail`);
    expect(screen.queryByLabelText("Link from the mail")).toBeNull();
    await press("Sign in");
    await list();
    const [sent] = fake.sent("POST /api/auth/verify");
    expect(await sent?.json()).toEqual({ token: "from-the-mail" });
  });

  test("to another screen is no link to sign in by", async () => {
    renderApp(new FakeApi().with("mine"));
    await list();
    await openLink("reference-architecture://settings#token=t");
    expect(await heading("About this deployment")).toBeVisible();
  });

  test("that opens the app signs in when it is told to, and the session is kept safely", async () => {
    const fake = magicLink();
    renderApp(fake, `${VERIFY}from-the-mail`);
    expect(await screen.findByText("You are about to sign in to acme in this app.")).toBeVisible();
    expect(fake.sent("POST /api/auth/verify")).toEqual([]);
    await press("Sign in");
    await list();
    const [sent] = fake.sent("POST /api/auth/verify");
    expect(await sent?.json()).toEqual({ token: "from-the-mail" });
    expect(keychain.get(SESSION)).toBe("t");
    const headers = fake.sent("GET /api/example").map((each) => each.headers.get("authorization"));
    expect(headers).toEqual(["Bearer t"]);
  });

  test("whose server cannot be told is not sent, and it is said what to paste", async () => {
    renderApp(magicLink());
    await press("I have a link");
    await type("Link from the mail", "demo.example.com/auth/verify#token=from-the-mail");
    expect(await button("Sign in")).toBeDisabled();
    expect(screen.getByText(/^Paste the whole link/)).toBeVisible();
  });

  test.each([
    ["whole", `${ORIGIN}/auth/verify#token=from-the-mail`],
    ["whole, in two lines", `${ORIGIN}/auth/verify\n#token=from-the-mail`],
    [
      "whole, with the port that goes without saying",
      `${ORIGIN}:80/auth/verify#token=from-the-mail`,
    ],
    ["its token alone", " from-the-mail\n"],
  ])("can be pasted, %s", async (_, text) => {
    const fake = magicLink();
    renderApp(fake);
    await press("I have a link");
    expect(await button("Sign in")).toBeDisabled();
    expect(announced()).toEqual([]);
    await type("Link from the mail", text);
    await press("Sign in");
    await list();
    const [sent] = fake.sent("POST /api/auth/verify");
    expect(await sent?.json()).toEqual({ token: "from-the-mail" });
  });

  test("that comes while somebody is signed in says who that is", async () => {
    renderApp(magicLink(ada));
    await list();
    expect(screen.queryByText(/^You are signed in as/)).toBeNull();
    await openLink(`${ORIGIN}/auth/verify#token=from-the-mail`);
    expect(await screen.findByText(/^You are signed in as ada@example.com\./)).toBeVisible();
  });

  test("offers nothing until it can say who is signed in", async () => {
    const fake = magicLink(ada);
    let arrive = () => {};
    const late = new Promise<Response>((resolve) => {
      arrive = () => resolve(Response.json({ data: ada }));
    });
    fake.plan("GET /api/me", late);
    renderApp(fake, `${VERIFY}from-the-mail`);
    await waitFor(() => expect(fake.sent("GET /api/me")).toHaveLength(1));
    expect(screen.queryByRole("button", { name: "Sign in" })).toBeNull();
    await act(async () => arrive());
    await button("Sign in");
    expect(screen.getByText(/^You are signed in as ada@example.com\./)).toBeVisible();
  });

  test("says so when it is not known who is signed in, and can be used all the same", async () => {
    const fake = magicLink().plan("GET /api/me", failure(500, "internal"));
    renderApp(fake, `${VERIFY}from-the-mail`);
    await button("Sign in");
    expect(screen.getByText(/^Whether somebody is signed in here could not/)).toBeVisible();
    await press("Sign in");
    await list();
  });

  test("that is spent says so, and leads to a new one", async () => {
    renderApp(
      magicLink().plan("POST /api/auth/verify", failure(401, "unauthenticated")),
      `${VERIFY}old`,
    );
    await press("Sign in");
    expect(await heading("This link no longer works")).toBeVisible();
    await press("Get a new link");
    expect(await field("E-mail address")).toBeVisible();
  });

  test("that comes after a spent one is not spent", async () => {
    const fake = magicLink().plan("POST /api/auth/verify", failure(401, "unauthenticated"));
    renderApp(fake, `${VERIFY}old`);
    await press("Sign in");
    await heading("This link no longer works");
    await openLink(`${ORIGIN}/auth/verify#token=new`);
    await press("Sign in");
    await list();
  });

  test.each([
    ["as it was mailed", "https://Demo.example.com/auth/verify#token=from-the-mail"],
    ["encoded", "https://demo.example.com/auth/verify%23token=from-the-mail"],
    ["in two lines", "https://demo.example.com/auth/verify\n#token=from-the-mail"],
    ["with this one after it", `https://demo.example.com/?to=${ORIGIN}#token=from-the-mail`],
    ["with this one before it", `${ORIGIN}/ https://demo.example.com/#token=from-the-mail`],
  ])("that is for another server is not sent to this one, pasted %s", async (_, text) => {
    const fake = magicLink();
    renderApp(fake);
    await press("I have a link");
    await type("Link from the mail", text);
    expect(await screen.findByText(/is for https:\/\/demo.example.com, and/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^This link is for https:\/\/demo.example.com/);
    expect(await button("Sign in")).toBeDisabled();
    await openLink("https://demo.example.com/auth/verify#token=from-the-mail");
    expect(await screen.findByText(/is for https:\/\/demo.example.com, and/)).toBeVisible();
    await press("Sign in");
    expect(fake.sent("POST /api/auth/verify")).toEqual([]);
  });

  test.each([
    [
      "another server",
      "#https://demo.example.com/auth/verify#token=from-the-mail",
      /is for https:\/\/demo.example.com, and/,
    ],
    ["no server", "#token=from-the-mail", "You are about to sign in to acme in this app."],
    [
      "a server at endless length",
      `#${ORIGIN}/${"a".repeat(2_000)}#token=from-the-mail`,
      "You are about to sign in to acme in this app.",
    ],
  ])("by the app's scheme that names %s is not sent", async (_, fragment, said) => {
    const fake = magicLink();
    renderApp(fake);
    await field("E-mail address");
    await openLink(`reference-architecture://auth/verify${fragment}`);
    expect(await screen.findByText(said)).toBeVisible();
    expect(await button("Sign in")).toBeDisabled();
    await press("Sign in");
    expect(fake.sent("POST /api/auth/verify")).toEqual([]);
  });

  test("that names no server can still be pasted", async () => {
    const fake = magicLink();
    renderApp(fake);
    await field("E-mail address");
    await openLink("reference-architecture://auth/verify#token=from-the-mail");
    await type("Link from the mail", "token=from-the-mail");
    await press("Sign in");
    await list();
  });

  test("that is used without a network says what it waits for", async () => {
    renderApp(magicLink(), `${VERIFY}from-the-mail`);
    await button("Sign in");
    act(() => onlineManager.setOnline(false));
    await press("Sign in");
    expect(await screen.findByText(/^Offline\./)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Offline\./);
    act(() => onlineManager.setOnline(true));
    await list();
  });

  test("can be tried again when the server failed", async () => {
    const fake = magicLink().plan("POST /api/auth/verify", failure(500, "internal"));
    renderApp(fake, `${VERIFY}good`);
    await press("Sign in");
    expect(await heading("You could not be signed in")).toBeVisible();
    await press("Sign in");
    await list();
  });
});

describe("a session", () => {
  test("of the last time is there at the start", async () => {
    keychain.set(SESSION, "kept");
    const fake = magicLink(ada);
    renderApp(fake);
    await list();
    expect(fake.sent("GET /api/me")[0]?.headers.get("authorization")).toBe("Bearer kept");
  });

  test("of the last time opens the example that a link leads to at the start", async () => {
    keychain.set(SESSION, "kept");
    const fake = magicLink(ada);
    renderApp(fake, `/example/${fake.examples[0]?.id}`);
    expect(await heading("mine")).toBeVisible();
  });

  test("that is over makes of such a link a sign-in", async () => {
    const fake = magicLink();
    renderApp(fake, `/example/${fake.examples[0]?.id}`);
    expect(await field("E-mail address")).toBeVisible();
    expect(screen.queryByText("The example could not be loaded")).toBeNull();
  });

  test("is shown to nobody before the server has said what it is", async () => {
    keychain.set(SESSION, "kept");
    const fake = magicLink(ada);
    renderApp(fake);
    await list();
    expect(fake.sent("GET /api/config")[0]?.headers.get("authorization")).toBeNull();
  });

  test("that cannot be asked for shows why, and can be asked for again", async () => {
    renderApp(magicLink(ada).plan("GET /api/me", failure(500, "internal")));
    expect(await heading("Your account could not be loaded")).toBeVisible();
    await press("Try again");
    await list();
  });

  test("that cannot be asked for can be left all the same", async () => {
    keychain.set(SESSION, "kept");
    renderApp(magicLink(ada).plan("GET /api/me", failure(403, "forbidden")));
    await press("Sign out");
    await press("Sign out here");
    await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
  });

  test("that ended elsewhere leads to the sign-in, and says that it took what was written", async () => {
    const fake = magicLink(ada);
    renderApp(fake);
    await list();
    fake.user = null;
    await press("New");
    await type("Name", "too late");
    await press("Add");
    expect(await field("E-mail address")).toBeVisible();
    const said = "Your session has ended. What was not saved is gone.";
    expect(screen.getByText(said)).toBeVisible();
    expect(announced()).toContain(said);
  });

  test.each([
    ["here", "POST /api/auth/logout"],
    ["everywhere", "POST /api/auth/logout-everywhere"],
  ])("is ended %s, and forgotten", async (where, route) => {
    keychain.set(SESSION, "kept");
    const fake = magicLink(ada);
    renderApp(fake, "/settings");
    expect(await screen.findByText("ada@example.com")).toBeVisible();
    await press(`Sign out ${where}`);
    await waitFor(() => expect(keychain.has(SESSION)).toBe(false));
    expect(fake.sent(route)).toHaveLength(1);
    await waitFor(() => expect(screen.queryByText("ada@example.com")).toBeNull());
  });

  test("that is being ended says so, and takes no second press", async () => {
    renderApp(magicLink(ada), "/settings");
    await button("Sign out here");
    act(() => onlineManager.setOnline(false));
    await press("Sign out here");
    expect(await screen.findByText(/^Offline\./)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Offline\./);
    for (const where of ["here", "everywhere"]) {
      expect(await button(`Sign out ${where}`)).toBeDisabled();
    }
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(screen.queryByText("Account")).toBeNull());
  });

  test("that could not be ended stays, and says so", async () => {
    keychain.set(SESSION, "kept");
    renderApp(magicLink(ada).plan("POST /api/auth/logout", failure(500, "internal")), "/settings");
    await press("Sign out here");
    expect(await heading("You are still signed in")).toBeVisible();
    expect(screen.getByText("Request req-1")).toBeVisible();
    expect(keychain.get(SESSION)).toBe("kept");
  });
});
