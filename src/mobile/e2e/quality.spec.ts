import type { Page } from "@playwright/test";
import { expectAccessible } from "../../frontend/e2e/fixtures.ts";
import { add, expect, heading, press, row, swipe, test, visit } from "./fixtures.ts";

/** What a finger has to meet, in the 44 points that Apple asks for. */
async function expectRoomForFingers(page: Page) {
  const targets = await page.locator("[role=button], a, input").all();
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) {
    if (!(await target.isVisible())) continue;
    const box = await target.boundingBox();
    const name = await target.evaluate((element) => element.outerHTML.slice(0, 200));
    expect(box?.height, name).toBeGreaterThanOrEqual(44);
    expect(box?.width, name).toBeGreaterThanOrEqual(44);
  }
}

async function expectNoSidewaysScroll(page: Page) {
  const overflow = await page.evaluate(() =>
    [...document.querySelectorAll("*:not(input)")]
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .filter((element) => getComputedStyle(element).overflowX !== "visible")
      .map((element) => element.outerHTML.slice(0, 200)),
  );
  expect(overflow).toEqual([]);
}

/** Every screen in turn; `look` is called on each when it has come to rest. */
async function visitAll(page: Page, look: () => Promise<void>) {
  await expect(row(page, "Plain")).toBeVisible();
  await look();
  await row(page, "Plain").tap();
  await expect(page.getByRole("button", { name: "Rename" })).toBeVisible();
  await look();
  await press(page, "Rename");
  await page.getByRole("textbox", { name: "New name" }).fill("");
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await look();
  await page.goBack();
  await press(page, "New");
  await expect(heading(page, "New example")).toBeVisible();
  await look();
  await page.goBack();
  await press(page, "Settings");
  await expect(heading(page, "Settings")).toBeVisible();
  await look();
  await page.goBack();
  await swipe(page, "Plain");
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await look();
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("axe finds nothing on any screen, and fingers find everything", async ({
      page,
      open,
      server,
      tenant,
    }) => {
      await server.seed(tenant, "سجل الطلبات", "x".repeat(200), "Plain");
      await open();
      await visitAll(page, async () => {
        await expectAccessible(page);
        await expectRoomForFingers(page);
      });
    });
  });
}

test.describe("before there is a server that says what it is", () => {
  test.use({ failuresExpected: true });

  test("axe finds nothing", async ({ page, app }) => {
    await page.goto(app);
    await expect(page.getByRole("textbox", { name: "Server address" })).toBeVisible();
    await expectAccessible(page);
    await page.route("**/api/config", async (route) => {
      await expect(heading(page, "One moment…")).toBeVisible();
      await expectAccessible(page);
      await route.abort();
    });
    await visit(page, "http://nothing.localhost");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page);
  });

  test("the window has no name of a screen that is gone", async ({ page, open }) => {
    await open();
    await press(page, "Settings");
    await expect(page).toHaveTitle("Settings · Reference Architecture");
    await visit(page, "http://nothing.localhost:9");
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page).toHaveTitle("Reference Architecture");
  });
});

test("what happens is said to screen readers", async ({ page, open }) => {
  await open();
  await add(page, "Heard");
  const said = (text: string) => page.getByRole("status").filter({ hasText: text });
  await expect(said("Added Heard")).toHaveCount(1);
  await swipe(page, "Heard");
  await expect(said("It can be undone below.")).toHaveCount(1);
  expect(await said("Deleted Heard").count()).toBe(1);
});

test("the window has the name of its screen", async ({ page, open }) => {
  await open();
  await expect(page).toHaveTitle("Examples · Reference Architecture");
  await press(page, "Settings");
  await expect(page).toHaveTitle("Settings · Reference Architecture");
  await page.goBack();
  await expect(page).toHaveTitle("Examples · Reference Architecture");
});

test("turned on its side, and with text of twice the size, nothing is cut off", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "x".repeat(200), "Plain");
  await page.setViewportSize({ width: 844, height: 390 });
  await open();
  await visitAll(page, () => expectNoSidewaysScroll(page));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      document.documentElement.style.fontSize = "200%";
    });
  });
  await open();
  const size = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  expect(size).toBe("32px");
  await server.seed(tenant, "Plain");
  await open();
  await visitAll(page, () => expectNoSidewaysScroll(page));
});

test("nothing comes from elsewhere than the app and its server", async ({
  page,
  app,
  open,
  server,
  tenant,
}) => {
  const origins = new Set<string>();
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  await open();
  await expect(heading(page, "Nothing here yet", 2)).toBeVisible();
  expect(origins).toEqual(new Set([app, server.origin(tenant)]));
});
