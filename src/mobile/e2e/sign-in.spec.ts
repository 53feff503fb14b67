import type { Page } from "@playwright/test";
import { AUDIENCE, CLIENT, Issuer } from "../../frontend/e2e/issuer.ts";
import { Mailbox } from "../../frontend/e2e/mailbox.ts";
import { Server } from "../../frontend/e2e/server.ts";
import { TEST_SERVER_TIMEOUT } from "../../frontend/e2e/test-server.ts";
import { add, test as base, expect, heading, press, row, visit } from "./fixtures.ts";

async function signOut(page: Page, where: "here" | "everywhere") {
  await press(page, "Settings");
  await press(page, `Sign out ${where}`);
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
      async ({ app, mailbox }, use) => {
        const server = await Server.start({ CORS_ALLOWED_ORIGINS: app, ...mailbox.environment });
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
    await press(page, "Send me a link");
    await expect(heading(page, "Check your mail", 2)).toBeVisible();
    await expect.poll(() => mailbox.links(address)).toHaveLength(1);
    return mailbox.links(address)[0] ?? "";
  }

  async function signIn(page: Page, mailbox: Mailbox, address: string) {
    const link = await requestLink(page, mailbox, address);
    await press(page, "Paste the link");
    await page.getByRole("textbox", { name: "Link from the mail" }).fill(link);
    await press(page, "Sign in");
    await expect(heading(page, "Examples")).toBeVisible();
  }

  test("a link that opens the app signs in once, at a tap, and no cookie is kept", async ({
    page,
    context,
    app,
    open,
    mailbox,
  }) => {
    await open();
    await expect(heading(page, "Sign in")).toBeVisible();
    const link = await requestLink(page, mailbox, "ada@example.com");
    // Where a link leads on a phone, an address of the app leads here.
    const opened = `/auth/verify#${link}`;
    await open(opened);
    await press(page, "Sign in");
    await expect(heading(page, "Examples")).toBeVisible();
    await expect(page).toHaveURL(`${app}/`);
    await add(page, "Of Ada");
    await expect(row(page, "Of Ada")).toBeVisible();
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).toEqual({});

    await open(opened);
    await press(page, "Sign in");
    await expect(heading(page, "This link no longer works", 2)).toBeVisible();
    await press(page, "Get a new link");
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("two people do not see each other's examples, nor do two tenants one person's", async ({
    page,
    open,
    mailbox,
    server,
  }) => {
    await open();
    await signIn(page, mailbox, "grace@example.com");
    await add(page, "Of Grace");
    await expect(row(page, "Of Grace")).toBeVisible();
    await signOut(page, "here");
    await page.goBack();
    await expect(heading(page, "Sign in")).toBeVisible();
    await expect(page.getByText("Of Grace")).toHaveCount(0);
    await signIn(page, mailbox, "alan@example.com");
    await expect(heading(page, "Nothing here yet", 2)).toBeVisible();

    await press(page, "Settings");
    await expect(page.getByText("alan@example.com")).toBeVisible();
    await visit(page, server.origin("elsewhere"));
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("out everywhere ends the session of another app too", async ({
    page,
    openElsewhere,
    app,
    open,
    mailbox,
    server,
    tenant,
  }) => {
    await open();
    const link = await requestLink(page, mailbox, "joan@example.com");
    await press(page, "Paste the link");
    await page.getByRole("textbox", { name: "Link from the mail" }).fill(link);
    const answered = page.waitForResponse("**/api/auth/verify");
    await press(page, "Sign in");
    await expect(heading(page, "Examples")).toBeVisible();
    const answer = await answered;
    expect(answer.request().headers().cookie).toBeUndefined();

    // No second link goes to an address within a minute: the other app gets the answer of the first.
    const given = { headers: await answer.allHeaders(), body: await answer.text() };
    const other = await openElsewhere();
    await other.route("**/api/auth/verify", (route) => route.fulfill(given));
    await other.goto(app);
    await visit(other, server.origin(tenant));
    await press(other, "I have a link");
    await other.getByRole("textbox", { name: "Link from the mail" }).fill(link);
    await press(other, "Sign in");
    await expect(heading(other, "Examples")).toBeVisible();

    await signOut(page, "everywhere");
    await page.goBack();
    await expect(heading(page, "Sign in")).toBeVisible();
    await add(other, "Too late");
    await expect(heading(other, "Sign in")).toBeVisible();
  });
});

base.describe("by OpenID Connect", () => {
  const test = base.extend<object, { server: Server }>({
    server: [
      async ({ app }, use) => {
        const issuer = await Issuer.start();
        const server = await Server.start({
          CORS_ALLOWED_ORIGINS: app,
          AUTH_PROVIDER: "oidc",
          OIDC_ISSUER: issuer.url,
          OIDC_CLIENT_ID: CLIENT,
          OIDC_AUDIENCE: AUDIENCE,
        });
        const callback = `${app}/auth/callback`;
        await issuer.register({ redirect_uris: [callback], post_logout_redirect_uris: [callback] });
        await use(server);
        await server.stop();
        await issuer.close();
      },
      { scope: "worker", timeout: TEST_SERVER_TIMEOUT },
    ],
  });
  test.use({ failuresExpected: true });
  // The issuer's question whether to sign out would fetch a font from the Internet.
  test.beforeEach(({ context }) =>
    context.route("https://fonts.googleapis.com/**", (route) => route.abort()),
  );

  async function atIssuer(page: Page, button: string): Promise<Page> {
    const opened = page.waitForEvent("popup");
    await press(page, button);
    return opened;
  }

  test("the issuer asks, the app is signed in, renews its token and signs out", async ({
    page,
    open,
  }) => {
    await open();
    await expect(heading(page, "Sign in")).toBeVisible();
    const issuer = await atIssuer(page, "Continue to sign in");
    await issuer.getByRole("textbox", { name: "User" }).fill("ada");
    await issuer.getByRole("button", { name: "Continue" }).click();
    await expect(heading(page, "Examples")).toBeVisible();
    const renewal = page.waitForRequest(
      (request) => request.postData()?.includes("grant_type=refresh_token") ?? false,
    );
    await page.clock.install();
    await page.clock.fastForward(60_000);
    await add(page, "Of Ada");
    await expect(row(page, "Of Ada")).toBeVisible();
    expect((await (await renewal).response())?.status()).toBe(200);

    await press(page, "Settings");
    await expect(page.getByText("ada of the tests")).toBeVisible();
    const leaving = await atIssuer(page, "Sign out everywhere");
    await leaving.getByRole("button", { name: "Yes, sign me out" }).click();
    await expect(page.getByText("Account")).toHaveCount(0);
    await page.goBack();
    await expect(heading(page, "Sign in")).toBeVisible();
  });

  test("who turns back at the issuer is told so, and who closes it is where they were", async ({
    page,
    open,
  }) => {
    await open();
    const turning = await atIssuer(page, "Continue to sign in");
    await turning.getByRole("link", { name: "Cancel" }).click();
    await expect(page.getByRole("alert")).toContainText("Sign-in was cancelled or denied.");
    const issuer = await atIssuer(page, "Continue to sign in");
    await issuer.close();
    await expect(page.getByRole("button", { name: "Continue to sign in" })).toBeEnabled();
    await expect(heading(page, "Sign in")).toBeVisible();
  });
});
