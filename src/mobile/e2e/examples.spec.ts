import type { Page } from "@playwright/test";
import { Server } from "../../frontend/e2e/server.ts";
import { add, expect, heading, press, row, swipe, test, visit } from "./fixtures.ts";

const rows = (page: Page) => page.getByRole("main").getByRole("link");

async function change(server: Server, tenant: string, name: string) {
  type List = { data: { id: string }[] };
  const list = await server.call<List>(tenant, "GET", "/api/example");
  await server.call(tenant, "PATCH", `/api/example/${list.data[0]?.id}`, { name });
}

async function rename(page: Page, from: string, to: string) {
  await row(page, from).tap();
  await press(page, "Rename");
  await page.getByRole("textbox", { name: "New name" }).fill(to);
}

test("a first example, from the empty list to its deletion", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await open();
  await expect(heading(page, "Nothing here yet", 2)).toBeVisible();
  await add(page, "  First of all ");
  await expect(row(page, "First of all")).toContainText("version 1");

  await rename(page, "First of all", "Renamed");
  await press(page, "Save");
  await expect(heading(page, "Renamed", 2)).toBeVisible();
  await press(page, "Delete");
  await expect(heading(page, "Nothing here yet", 2)).toBeVisible();
  expect(await server.stored(tenant)).toEqual(["Renamed"]);
  await press(page, "Undo");
  await expect(row(page, "Renamed")).toContainText("version 2");

  await page.clock.install();
  await row(page, "Renamed").tap();
  await press(page, "Delete");
  await page.clock.runFor(8_000);
  await expect.poll(() => server.stored(tenant)).toEqual([]);
});

test("a swipe deletes, and can be undone; a short one does nothing", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "one", "two", "three");
  await open();
  await expect(rows(page)).toHaveCount(3);
  await swipe(page, "two");
  await expect(row(page, "two")).toHaveCount(0);
  await expect(page.getByText("Deleted two", { exact: true })).toBeVisible();
  await press(page, "Undo");
  await expect(row(page, "two")).toBeVisible();
  await swipe(page, "two", 240);
  await expect(page.getByText("Deleted two", { exact: true })).toHaveCount(0);
  await expect(rows(page)).toHaveCount(3);
  expect(await server.stored(tenant)).toEqual(["three", "two", "one"]);
});

test("the list goes on as it is scrolled, to its end", async ({ page, open, server, tenant }) => {
  const all = Array.from({ length: 45 }, (_, index) => `Example ${index + 1}`);
  await server.seed(tenant, ...all);
  await open();
  await expect(row(page, "Example 45")).toBeVisible();
  await page.mouse.move(195, 422);
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 4_000);
      return row(page, /^Example 1 /).isVisible();
    })
    .toBe(true);
  await expect(page.getByRole("button", { name: "Load more" })).toHaveCount(0);
});

test("two tenants on two hosts never see each other's examples", async ({ page, open, server }) => {
  await server.seed("acme", "Of acme");
  await server.seed("demo", "Of demo");
  await open();
  const moveTo = async (tenant: string) => {
    await press(page, "Settings");
    await visit(page, server.origin(tenant));
    await expect(row(page, `Of ${tenant}`)).toBeVisible();
    await expect(rows(page)).toHaveCount(1);
  };
  await moveTo("acme");
  await moveTo("demo");
  await moveTo("acme");
  await add(page, "Told of in acme");
  await expect(row(page, "Told of in acme")).toBeVisible();
  await moveTo("demo");
  await expect(page.getByText("Told of in acme")).toHaveCount(0);
});

test("the settings tell what serves the tenant, and nothing offers to sign in", async ({
  page,
  open,
  server,
  tenant,
}) => {
  type Config = { data: { version: string } };
  const { version } = (await server.call<Config>(tenant, "GET", "/api/config")).data;
  await open("/settings");
  for (const fact of [tenant, version, "A local process", "App"]) {
    await expect(page.getByText(fact, { exact: true })).toBeVisible();
  }
  for (const path of ["/", "/settings", "/auth/verify#token=x"]) {
    await open(path);
    await expect(page.getByRole("banner")).toBeVisible();
    await expect(page.getByText(/sign (in|out)$/i)).toHaveCount(0);
    await expect(page.getByText("Account")).toHaveCount(0);
  }
});

test("what is no screen says so", async ({ page, open }) => {
  await open("/no/such/screen");
  await expect(heading(page, "Nothing at this address")).toBeVisible();
  await page.getByRole("link", { name: "Go to the examples" }).tap();
  await expect(heading(page, "Examples")).toBeVisible();
});

test.describe("when something fails", () => {
  test.use({ failuresExpected: true });

  test("an edit that met another one: both values are shown, and neither is lost unasked", async ({
    page,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, "Original");
    await open();
    await rename(page, "Original", "Mine");
    await change(server, tenant, "Theirs");
    await press(page, "Save");
    const conflict = page.getByRole("alert");
    await expect(conflict).toContainText("Changed elsewhere while you were editing");
    await expect(conflict).toContainText("Theirs");
    await expect(conflict).toContainText("Mine");
    expect(await server.stored(tenant)).toEqual(["Theirs"]);
    await press(page, "Use yours");
    await expect(heading(page, "Mine", 2)).toBeVisible();
    expect(await server.stored(tenant)).toEqual(["Mine"]);
  });

  test("a deletion does not take a change with it that was made meanwhile", async ({
    page,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, "Original");
    await open();
    await expect(row(page, "Original")).toBeVisible();
    await page.clock.install();
    await swipe(page, "Original");
    await expect(page.getByText("Deleted Original", { exact: true })).toBeVisible();
    await change(server, tenant, "Changed");
    await page.clock.runFor(8_000);
    await expect(page.getByRole("alert")).toContainText("changed elsewhere");
    await expect(row(page, "Changed")).toBeVisible();
  });

  test("a list that fails shows the request id of the API's answer, and loads when asked again", async ({
    page,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, "There all along");
    await page.route("**/api/example", (route) =>
      route.continue({ url: `${route.request().url()}?limit=0` }),
    );
    const refused = page.waitForResponse(
      (response) => response.url().includes("/api/example") && response.status() === 400,
    );
    await open();
    const requestId = await (await refused).headerValue("x-request-id");
    await expect(page.getByRole("alert")).toContainText(requestId ?? "no id");
    await page.unroute("**/api/example");
    await press(page, "Try again");
    await expect(row(page, "There all along")).toBeVisible();
  });

  test("a server that is not there says so, and another one can be taken", async ({
    page,
    app,
    server,
    tenant,
  }) => {
    await page.goto(app);
    await visit(page, "http://nothing.localhost:9");
    await expect(page.getByRole("alert")).toContainText("The server could not be reached.");
    await visit(page, server.origin(tenant));
    await expect(heading(page, "Examples")).toBeVisible();
  });

  test("without a network the app says so, keeps what it has, and sends what waited", async ({
    page,
    context,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, "Loaded before");
    await open();
    await expect(row(page, "Loaded before")).toBeVisible();
    await context.setOffline(true);
    await expect(page.getByText("Offline. Showing what was last loaded.")).toBeVisible();
    await expect(row(page, "Loaded before")).toBeVisible();
    await add(page, "Written on the train");
    await expect(
      page.getByText("Offline. This will be sent when you are back online."),
    ).toBeVisible();
    await context.setOffline(false);
    await expect(row(page, "Written on the train")).toBeVisible();
    await expect(page.getByText("Offline")).toHaveCount(0);
  });

  test("the API dies in the middle of a create: one example in the end", async ({ page, app }) => {
    const server = await Server.start({ CORS_ALLOWED_ORIGINS: app });
    await page.goto(app);
    await visit(page, server.origin("acme"));
    await expect(heading(page, "Nothing here yet", 2)).toBeVisible();
    server.freeze();
    const sent = page.waitForRequest((request) => request.method() === "POST");
    await add(page, "Exactly one");
    await sent;
    await server.kill();
    await expect(page.getByText("The server is not responding. Trying again…")).toBeVisible();
    await server.start();
    await expect(row(page, "Exactly one")).toBeVisible({ timeout: 20_000 });
    expect(await server.stored("acme")).toEqual(["Exactly one"]);
    await server.stop();
  });
});
