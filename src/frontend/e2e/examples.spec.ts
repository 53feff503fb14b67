import type { Page } from "@playwright/test";
import { add, expect, names, newExample, row, test } from "./fixtures.ts";
import { Server } from "./server.ts";

const remove = (page: Page, name: string) =>
  page.getByRole("button", { name: `Delete ${name}` }).click();

test("a first example, from the empty page to its deletion", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await open();
  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  await add(page, "  First of all ");
  await expect(row(page, "First of all")).toContainText("v1");
  await expect(newExample(page)).toBeFocused();
  await expect(newExample(page)).toHaveValue("");

  await page.getByRole("button", { name: "Rename First of all" }).click();
  await page.keyboard.type("Renamed");
  await page.keyboard.press("Enter");
  await expect(row(page, "Renamed")).toContainText("v2");
  await expect(page.getByRole("button", { name: "Rename Renamed" })).toBeFocused();

  await remove(page, "Renamed");
  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  expect(await server.stored(tenant)).toEqual(["Renamed"]);
  // Leaving the page does not wait for the time to undo.
  await page.reload();
  await expect.poll(() => server.stored(tenant)).toEqual([]);
});

test("a deletion can be undone, by the button and by the keyboard", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "one", "two", "three");
  await open();
  await remove(page, "two");
  await expect(row(page, "two")).toHaveCount(0);
  await expect(row(page, "one")).toBeFocused();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "two")).toBeFocused();

  // Twice, as impatience does: the next row has slid under the second press.
  await page.getByRole("button", { name: "Delete three" }).dblclick();
  await page.keyboard.press("Control+z");
  await expect(row(page, "three")).toBeFocused();
  expect(await server.stored(tenant)).toEqual(["three", "two", "one"]);
});

test("a deletion is carried out when its time is over, which waits for a pointer and for the focus", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await page.clock.install();
  await server.seed(tenant, "one");
  await open();
  await remove(page, "one");
  const undo = page.getByRole("button", { name: "Undo" });
  await undo.focus();
  await undo.hover();
  await page.mouse.move(0, 0);
  await page.clock.runFor(60_000);
  expect(await server.stored(tenant)).toEqual(["one"]);
  await undo.hover();
  await undo.blur();
  await page.clock.runFor(60_000);
  expect(await server.stored(tenant)).toEqual(["one"]);
  await page.mouse.move(0, 0);
  await page.clock.runFor(8_000);
  await expect.poll(() => server.stored(tenant)).toEqual([]);
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
});

test("the list goes on as it is scrolled, to its end", async ({ page, open, server, tenant }) => {
  const all = Array.from({ length: 45 }, (_, index) => `Example ${index + 1}`);
  await server.seed(tenant, ...all);
  await open();
  await expect(row(page, "Example 45")).toBeVisible();
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 4_000);
      return names(page);
    })
    .toEqual(all.toReversed());
  await expect(page.getByRole("button", { name: "Load more" })).toHaveCount(0);
});

test("while the list is on its way its place is kept", async ({ page, open, server, tenant }) => {
  await server.seed(tenant, "Worth the wait");
  await page.route("**/api/example", async (route) => {
    await expect(page.getByText("Loading the examples")).toBeAttached();
    await route.continue();
  });
  await open();
  await expect(row(page, "Worth the wait")).toBeVisible();
  await expect(page.getByText("Loading the examples")).toHaveCount(0);
});

test.describe("when something fails", () => {
  test.use({ failuresExpected: true });

  test("two tabs in conflict: both values are shown, and neither is lost unasked", async ({
    page,
    context,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, "Original");
    await open();
    const other = await context.newPage();
    await other.goto(server.origin(tenant));

    await page.getByRole("button", { name: "Rename Original" }).click();
    await other.getByRole("button", { name: "Rename Original" }).click();
    await other.keyboard.type("Theirs");
    await other.keyboard.press("Enter");
    await expect(row(other, "Theirs")).toBeVisible();

    await page.keyboard.type("Mine");
    await page.keyboard.press("Enter");
    const conflict = page.getByRole("region", { name: "Changed elsewhere while you were editing" });
    await expect(conflict).toContainText("Theirs");
    await expect(conflict).toContainText("Mine");
    await expect(conflict.getByRole("heading")).toBeFocused();
    expect(await server.stored(tenant)).toEqual(["Theirs"]);
    await conflict.getByRole("button", { name: "Use yours" }).click();
    await expect(row(page, "Mine")).toContainText("v3");
    expect(await server.stored(tenant)).toEqual(["Mine"]);
  });

  test("a deletion does not take a change with it that was made meanwhile", async ({
    page,
    open,
    server,
    tenant,
  }) => {
    await page.clock.install();
    await server.seed(tenant, "Original");
    await open();
    await remove(page, "Original");
    type List = { data: { id: string }[] };
    const list = await server.call<List>(tenant, "GET", "/api/example");
    await server.call(tenant, "PATCH", `/api/example/${list.data[0]?.id}`, { name: "Changed" });
    await page.clock.runFor(8_000);
    await expect(page.getByRole("alert")).toContainText("changed elsewhere");
    await expect(row(page, "Changed")).toBeVisible();
    // Twice, as impatience does: the second press does not undo the first.
    await page.getByRole("button", { name: "Delete anyway" }).dblclick();
    await page.getByRole("button", { name: "Undo" }).blur();
    await page.mouse.move(0, 0);
    await page.clock.runFor(8_000);
    await expect.poll(() => server.stored(tenant)).toEqual([]);
  });

  test("a rename that is left and meets another one is told, on the narrowest screen too", async ({
    page,
    context,
    open,
    server,
    tenant,
  }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await server.seed(tenant, "Original");
    await open();
    await page.getByRole("button", { name: "Rename Original" }).click();
    await context.setOffline(true);
    await page.keyboard.type("Mine");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: /^About/ }).click();
    type List = { data: { id: string }[] };
    const list = await server.call<List>(tenant, "GET", "/api/example");
    await server.call(tenant, "PATCH", `/api/example/${list.data[0]?.id}`, { name: "Theirs" });
    await context.setOffline(false);
    await page.getByRole("link", { name: /home$/ }).click();
    const told = page.getByRole("alert");
    await expect(told).toContainText("Mine was not saved");
    await expect(told).toBeInViewport({ ratio: 1 });
    await told.getByRole("button", { name: "Use yours" }).click();
    await expect(row(page, "Mine")).toContainText("v3");
  });

  test("what the API refuses is said at the field, in its words", async ({ page, open }) => {
    await open();
    await add(page, "x".repeat(201));
    await expect(newExample(page)).toHaveAccessibleDescription(/200/);
    await expect(newExample(page)).toHaveAttribute("aria-invalid", "true");
    await newExample(page).fill("short enough");
    await newExample(page).press("Enter");
    await expect(row(page, "short enough")).toBeVisible();
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
    const refused = page.waitForResponse("**/api/example**");
    await open();
    const requestId = await (await refused).headerValue("x-request-id");
    await expect(page.getByRole("alert")).toContainText(requestId ?? "no id");
    await page.unroute("**/api/example");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(row(page, "There all along")).toBeVisible();
  });

  test("a next page that fails keeps those before it, and loads when asked again", async ({
    page,
    open,
    server,
    tenant,
  }) => {
    await server.seed(tenant, ...Array.from({ length: 21 }, (_, index) => `Example ${index + 1}`));
    await page.route("**/api/example?cursor=*", (route) =>
      route.continue({ url: `${route.request().url()}&limit=0` }),
    );
    await open();
    await page.getByRole("button", { name: "Load more" }).click();
    await expect(page.getByRole("alert")).toContainText("The rest could not be loaded.");
    await expect(page.getByRole("alert")).toContainText(/Request \S{8,}/);
    await expect(row(page, "Example 21")).toBeVisible();
    await page.unroute("**/api/example?cursor=*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("listitem")).toHaveCount(21);
  });

  test("without a network the page says so, keeps what it has, and sends what waited", async ({
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
    await expect(page.getByRole("banner")).toContainText("Offline");
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

  test.describe("the API dies in the middle of a create: one example in the end", () => {
    let server: Server;
    test.beforeEach(async ({ page }) => {
      server = await Server.start();
      await page.goto(server.origin("acme"));
      await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
    });
    test.afterEach(() => server.stop());

    const restart = async (page: Page) => {
      await expect(page.getByText("The server is not responding. Trying again…")).toBeVisible();
      await server.start();
      await expect(row(page, "Exactly one")).toBeVisible({ timeout: 20_000 });
      expect(await server.stored("acme")).toEqual(["Exactly one"]);
    };

    test("before it read the request", async ({ page }) => {
      server.freeze();
      const sent = page.waitForRequest((request) => request.method() === "POST");
      await add(page, "Exactly one");
      await sent;
      await server.kill();
      await restart(page);
    });

    test("after it wrote, before its answer arrived", async ({ page }) => {
      const network = await page.context().newCDPSession(page);
      const patterns = [{ urlPattern: "*/api/example", requestStage: "Response" as const }];
      await network.send("Fetch.enable", { patterns });
      const answered = new Promise<string>((resolve) => {
        network.once("Fetch.requestPaused", ({ requestId }) => resolve(requestId));
      });
      await add(page, "Exactly one");
      const requestId = await answered;
      await server.kill();
      await network.send("Fetch.failRequest", { requestId, errorReason: "ConnectionReset" });
      await network.send("Fetch.disable");
      await restart(page);
    });
  });
});
