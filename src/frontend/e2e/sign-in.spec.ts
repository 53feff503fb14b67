import type { Page } from "@playwright/test";
import { add, test as base, expect, expectAccessible, looks, names, row } from "./fixtures.ts";
import { AUDIENCE, CLIENT, Issuer } from "./issuer.ts";
import { Mailbox } from "./mailbox.ts";
import { Server } from "./server.ts";
import { TEST_SERVER_TIMEOUT } from "./test-server.ts";

const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 });
const menu = (page: Page) => page.locator("[popover]");
const account = (page: Page) => page.getByRole("button", { name: /^Account/ });

async function signOut(page: Page, where: "here" | "everywhere") {
  await account(page).click();
  await page.getByRole("button", { name: `Sign out ${where}` }).click();
  await expect(heading(page, "Sign in")).toBeVisible();
}

base.describe("by a link in a mail", () => {
  const test = base.extend<object, { mailbox: Mailbox; server: Server }>({
    mailbox: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are wanted here
      async ({}, use) => {
        const mailbox = await Mailbox.open();
        await use(mailbox);
        await mailbox.close();
      },
      { scope: "worker", timeout: TEST_SERVER_TIMEOUT },
    ],
    server: [
      async ({ mailbox }, use) => {
        const server = await Server.start(mailbox.environment);
        await use(server);
        await server.stop();
      },
      { scope: "worker" },
    ],
  });
  // Nobody being signed in is a 401, which the browser reports on the console.
  test.use({ failuresExpected: true });

  async function requestLink(page: Page, mailbox: Mailbox, address: string): Promise<string> {
    await page.getByRole("textbox", { name: "E-mail address" }).fill(address);
    await page.keyboard.press("Enter");
    await expect(heading(page, "Check your mail")).toBeFocused();
    await expect.poll(() => mailbox.links(address)).toHaveLength(1);
    return mailbox.links(address)[0] ?? "";
  }

  async function signIn(page: Page, mailbox: Mailbox, address: string) {
    await page.goto(await requestLink(page, mailbox, address));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(heading(page, "Examples")).toBeVisible();
  }

  test("a link signs in once, when its reader presses the button", async ({
    page,
    open,
    mailbox,
    server,
    tenant,
  }) => {
    await open();
    await expect(heading(page, "Sign in")).toBeVisible();
    const link = await requestLink(page, mailbox, "ada@example.com");
    expect(link).toContain(`${server.origin(tenant)}/auth/verify#token=`);
    // Opening it, as scanners of mail do, spends nothing.
    await page.goto(link);
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(heading(page, "Examples")).toBeFocused();
    await expect(page).toHaveURL(`${server.origin(tenant)}/`);
    await add(page, "Of Ada");
    await expect(row(page, "Of Ada")).toBeVisible();
    await account(page).click();
    await expect(menu(page).getByText("ada@example.com")).toBeVisible();

    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(heading(page, "This link no longer works")).toBeVisible();
    await page.getByRole("link", { name: "Get a new link" }).click();
    await expect(row(page, "Of Ada")).toBeVisible();
  });

  test("a second link that is opened in the tab takes the place of the first", async ({
    page,
    open,
    mailbox,
  }) => {
    await open();
    const first = await requestLink(page, mailbox, "edsger@example.com");
    await page.getByRole("button", { name: "Use another address" }).click();
    const second = await requestLink(page, mailbox, "barbara@example.com");
    const button = page.getByRole("button", { name: "Sign in" });

    await page.goto(first);
    await expect(button).toBeVisible();
    await page.goto(second);
    await page.getByRole("link", { name: "Skip to content" }).press("Enter");
    await button.click();
    await account(page).click();
    await expect(menu(page).getByText("barbara@example.com")).toBeVisible();
    // The way back leads past the token that was used.
    await page.goBack();
    expect(page.url()).toBe(first);

    await page.goto(second);
    await button.click();
    await expect(heading(page, "This link no longer works")).toBeVisible();
    await page.goto(first);
    await button.click();
    await expect(heading(page, "Examples")).toBeVisible();
    await account(page).click();
    await expect(menu(page).getByText("edsger@example.com")).toBeVisible();
  });

  for (const { name, look } of looks) {
    test.describe(name, () => {
      test.use(look);

      test("axe finds nothing from the form to the account menu, nor on a spent link", async ({
        page,
        open,
        mailbox,
      }) => {
        await open();
        await expect(heading(page, "Sign in")).toBeVisible();
        await expectAccessible(page);
        await page.getByRole("button", { name: "Send me a link" }).click();
        await expect(page.getByRole("textbox", { name: "E-mail address" })).toBeFocused();
        await expectAccessible(page);
        const link = await requestLink(page, mailbox, `1-${test.info().testId}@example.com`);
        await expectAccessible(page);
        await page.goto(link);
        const button = page.getByRole("button", { name: "Sign in" });
        await expect(button).toBeVisible();
        await expectAccessible(page);
        await button.click();
        await account(page).click();
        await expect(page.getByRole("button", { name: "Sign out here" })).toBeVisible();
        await expectAccessible(page);

        await page.goto(link);
        await button.click();
        await expect(heading(page, "This link no longer works")).toBeVisible();
        await expectAccessible(page);
      });
    });
  }

  test("two people of one tenant do not see each other's examples", async ({
    page,
    open,
    mailbox,
  }) => {
    await open();
    await signIn(page, mailbox, "grace@example.com");
    await add(page, "Of Grace");
    await expect(row(page, "Of Grace")).toBeVisible();
    await signOut(page, "here");
    await signIn(page, mailbox, "alan@example.com");
    await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
    expect(await names(page)).toEqual([]);
  });

  test("out everywhere ends the session of another browser too", async ({
    page,
    open,
    openElsewhere,
    mailbox,
    server,
    tenant,
  }) => {
    await open();
    await signIn(page, mailbox, "joan@example.com");
    const other = await openElsewhere({ storageState: await page.context().storageState() });
    await other.goto(server.origin(tenant));
    await expect(account(other)).toBeVisible();
    await signOut(page, "everywhere");
    await add(other, "Too late");
    await expect(heading(other, "Sign in")).toBeVisible();
  });

  test("why somebody is still signed in is shown though the menu was closed meanwhile", async ({
    page,
    open,
    mailbox,
  }) => {
    await open();
    await signIn(page, mailbox, "radia@example.com");
    let refuse = () => {};
    const closed = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    await page.route("**/api/auth/logout", async (route) => {
      await closed;
      await route.fulfill({ status: 500, body: "" });
    });
    await page.getByRole("link", { name: /^About/ }).click();
    await account(page).click();
    await page.getByRole("button", { name: "Sign out here" }).click();
    await heading(page, "About this deployment").click();
    await expect(menu(page)).toBeHidden();
    refuse();
    await expect(page.getByRole("alert")).toContainText("You are still signed in.");
    await expectAccessible(page);
  });

  test("it works by keyboard, and the menu gives the focus back", async ({
    page,
    open,
    mailbox,
  }) => {
    await open();
    await signIn(page, mailbox, "kay@example.com");
    await account(page).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Sign out here" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(account(page)).toBeFocused();
    await expect(page.getByRole("button", { name: "Sign out here" })).toBeHidden();
  });
});

base.describe("by OpenID Connect", () => {
  const test = base.extend<object, { server: Server }>({
    server: [
      // biome-ignore lint/correctness/noEmptyPattern: as above
      async ({}, use) => {
        const issuer = await Issuer.start();
        const server = await Server.start({
          AUTH_PROVIDER: "oidc",
          OIDC_ISSUER: issuer.url,
          OIDC_CLIENT_ID: CLIENT,
          OIDC_AUDIENCE: AUDIENCE,
        });
        const page = server.origin("acme");
        await issuer.register({
          redirect_uris: [`${page}/auth/callback`],
          post_logout_redirect_uris: [`${page}/`],
        });
        await use(server);
        await server.stop();
        await issuer.close();
      },
      { scope: "worker", timeout: TEST_SERVER_TIMEOUT },
    ],
  });
  test.use({ tenant: "acme", failuresExpected: true });
  // The issuer's question whether to sign out would fetch a font from the Internet.
  test.beforeEach(({ page }) =>
    page.route("https://fonts.googleapis.com/**", (route) => route.abort()),
  );

  async function signIn(page: Page, name: string) {
    await page.getByRole("button", { name: "Continue to sign in" }).click();
    await page.getByRole("textbox", { name: "User" }).fill(name);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(heading(page, "Examples")).toBeVisible();
  }

  async function signOutAtIssuer(page: Page) {
    await account(page).click();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await expect(heading(page, "Sign in")).toBeVisible();
  }

  test("the issuer asks, the page comes back signed in, renews its token and signs out", async ({
    page,
    open,
    server,
  }) => {
    await page.clock.install();
    await open();
    await expect(heading(page, "Sign in")).toBeVisible();
    await signIn(page, "ada");
    await expect(page).toHaveURL(`${server.origin("acme")}/`);
    await add(page, "Of Ada");
    await expect(row(page, "Of Ada")).toBeVisible();

    // As after a sleep: the token has run out, and the network takes a moment to come back.
    await page.route("**/token", (route) => route.abort());
    await page.clock.fastForward("01:00:00");
    await add(page, "An hour later");
    await expect(page.getByText("Trying again…")).toBeVisible();
    await page.unroute("**/token");
    await expect(row(page, "An hour later")).toBeVisible();

    await page.reload();
    await expect(row(page, "Of Ada")).toBeVisible();
    await account(page).click();
    await expect(menu(page).getByText("ada of the tests")).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    await signOut(page, "here");
    await page.getByRole("button", { name: "Continue to sign in" }).click();
    // The issuer's session is still there: it asks nothing.
    await expect(row(page, "Of Ada")).toBeVisible();

    await signOutAtIssuer(page);
    await signIn(page, "grace");
    await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  });

  test("code that is no longer there is told of, and a reload helps", async ({ page, open }) => {
    const code = /oidc-gate.*\.js$/;
    await page.route(code, (route) => route.fulfill({ status: 404 }));
    await open();
    await expect(heading(page, "This page broke")).toBeVisible();
    await page.unroute(code);
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("an address that only looks like the issuer's answer signs nobody out", async ({
    page,
    open,
    server,
  }) => {
    await open();
    await signIn(page, "alan");
    // Nothing but the tokens in the tab keeps somebody signed in here.
    await page.route("**/token", (route) => route.abort());
    await open("/?code=1&state=1");
    await expect(heading(page, "Examples")).toBeVisible();
    await open("/auth/callback?code=1&state=1");
    await expect(heading(page, "Examples")).toBeVisible();
    await expect(page).toHaveURL(`${server.origin("acme")}/`);
  });

  test("out everywhere ends what another tab of the browser shows", async ({
    page,
    context,
    open,
    server,
  }) => {
    await open();
    await signIn(page, "joan");
    const other = await context.newPage();
    await other.goto(server.origin("acme"));
    await other.getByRole("button", { name: "Continue to sign in" }).click();
    await expect(heading(other, "Examples")).toBeVisible();
    await signOutAtIssuer(page);
    await expect(heading(other, "Sign in")).toBeVisible();
    await other.reload();
    await expect(heading(other, "Sign in")).toBeVisible();
  });

  for (const { name, look } of looks) {
    test.describe(name, () => {
      test.use(look);

      test("who turns back at the issuer is told so, and axe finds nothing there", async ({
        page,
        open,
        server,
      }) => {
        await open();
        await expect(heading(page, "Sign in")).toBeVisible();
        await expectAccessible(page);
        await page.getByRole("button", { name: "Continue to sign in" }).click();
        await page.getByRole("link", { name: "Cancel" }).click();
        await expect(heading(page, "Sign in")).toBeVisible();
        await expect(page.getByRole("alert")).toContainText("denied");
        await expectAccessible(page);
        // What the issuer sent is in no address that is opened again.
        await expect(page).toHaveURL(`${server.origin("acme")}/`);
        await page.reload();
        await expect(heading(page, "Sign in")).toBeVisible();
        await expect(page.getByRole("alert")).toHaveCount(0);
      });
    });
  }
});
