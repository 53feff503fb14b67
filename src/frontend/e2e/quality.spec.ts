import type { Locator, Page, Route } from "@playwright/test";
import { add, expect, expectAccessible, looks, newExample, PHONE, row, test } from "./fixtures.ts";

/** Of compressed JavaScript, where links are mailed or nobody signs in. */
const BUDGET = 110_000;

for (const { name, look } of looks) {
  test.describe(`axe finds nothing ${name}`, () => {
    test.use(look);

    test("on the empty list, the list, its form and its toast", async ({
      page,
      open,
      server,
      tenant,
    }) => {
      await open();
      await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
      await expectAccessible(page);

      await server.seed(tenant, "سجل الطلبات", "x".repeat(200), "Plain");
      await page.reload();
      await expect(row(page, "Plain")).toBeVisible();
      await newExample(page).press("Enter");
      await expect(page.getByText("Enter a name.")).toBeVisible();
      await expectAccessible(page);

      await page.getByRole("button", { name: "Rename Plain" }).click();
      await page.getByRole("button", { name: "Delete x" }).click();
      await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
      await settle(page);
      await expectAccessible(page);
    });

    test("on the pages around it", async ({ page, open }) => {
      for (const path of ["/about", "/no/such/page"]) {
        await open(path);
        await expect(page.getByRole("link", { name: /^About/ })).toBeVisible();
        await expectAccessible(page);
      }
    });
  });
}

test.describe("in failure", () => {
  test.use({ failuresExpected: true });

  for (const { name, look } of looks) {
    test.describe(name, () => {
      test.use(look);

      test("axe finds nothing on a conflict and a failed list", async ({
        page,
        open,
        server,
        tenant,
      }) => {
        await server.seed(tenant, "Original");
        await open();
        await page.getByRole("button", { name: "Rename Original" }).click();
        type List = { data: { id: string }[] };
        const list = await server.call<List>(tenant, "GET", "/api/example");
        await server.call(tenant, "PATCH", `/api/example/${list.data[0]?.id}`, { name: "Theirs" });
        await page.keyboard.type("Mine");
        await page.keyboard.press("Enter");
        await expect(page.getByText("Changed elsewhere")).toBeVisible();
        await expectAccessible(page);

        await page.route("**/api/example", (route) =>
          route.continue({ url: `${route.request().url()}?limit=0` }),
        );
        await page.reload();
        await expect(page.getByRole("alert")).toBeVisible();
        await expectAccessible(page);
      });

      test("a page whose script is missing says in time what helps, which axe has nothing against", async ({
        page,
        open,
      }) => {
        const script = "**/assets/*.js";
        await page.route(script, (route) => route.fulfill({ status: 404 }));
        await open();
        const advice = page.getByText("If nothing follows, reload the page.");
        await expect(advice).toBeAttached();
        await expect(advice).toBeHidden();
        await settle(page);
        await expect(advice).toBeVisible();
        await expectAccessible(page);
        await page.unroute(script);
        await page.reload();
        await expect(newExample(page)).toBeVisible();
      });
    });
  }
});

test.describe("in failure, who wishes no motion", () => {
  test.use({ failuresExpected: true, reducedMotion: "reduce" });

  test("is not told sooner than others to reload the page", async ({ page, open }) => {
    await page.route("**/assets/*.js", (route) => route.fulfill({ status: 404 }));
    await open();
    const advice = page.getByText("If nothing follows, reload the page.");
    await expect(advice).toBeAttached();
    await expect(advice).toBeHidden();
    await settle(page);
    await expect(advice).toBeVisible();
  });
});

test("everything can be done by keyboard, and the focus is always seen", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "Second", "First");
  await open();
  await expect(row(page, "First")).toBeVisible();
  const tab = async (name: string | RegExp) => {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    await expect(focused).toHaveAccessibleName(name);
    await expect(focused).not.toHaveCSS("outline-style", "none");
  };
  await tab("Skip to content");
  await tab("Reference Architecture, home");
  await tab(/^About this deployment/);
  await tab("New example");
  await page.keyboard.type("Third");
  await page.keyboard.press("Enter");
  await expect(row(page, "Third")).toBeVisible();
  await tab("Add");
  await tab("Rename Third");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Newest");
  await tab("Save");
  await tab("Cancel");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Rename Newest" })).toBeFocused();
  await tab("Delete Newest");
  await page.keyboard.press("Enter");
  await expect(row(page, "First")).toBeFocused();
  await tab("Rename First");
  await page.keyboard.press("Control+z");
  await expect(row(page, "Newest")).toBeFocused();
});

test("the way past the bar leads to the content", async ({ page, open }) => {
  await open();
  await expect(newExample(page)).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(newExample(page)).toBeFocused();
});

test("who leaves a long list by the bar, by keyboard, comes back to where they were", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, ...Array.from({ length: 20 }, (_, index) => `Example ${index + 1}`));
  await open();
  await page.getByRole("listitem").last().scrollIntoViewIfNeeded();
  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  expect(before).toBeGreaterThan(300);
  await newExample(page).press("Shift+Tab");
  await expect(page.getByRole("link", { name: /^About/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "About this deployment" })).toBeVisible();
  await page.goBack();
  await expect.poll(scrolled).toBe(before);
});

test("a field that was scrolled under the bar comes out when somebody types", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, ...Array.from({ length: 20 }, (_, index) => `Example ${index + 1}`));
  await open();
  await page.getByRole("button", { name: "Rename Example 15" }).click();
  const field = page.getByRole("textbox", { name: "New name for Example 15" });
  await expect(field).toBeFocused();
  const top = () => field.evaluate((element) => element.getBoundingClientRect().top);
  await field.evaluate((element) => scrollBy(0, element.getBoundingClientRect().top - 10));
  const bar = (await page.getByRole("banner").boundingBox())?.height ?? Number.NaN;
  expect(await top()).toBeLessThan(bar);
  await page.keyboard.type("y");
  await expect.poll(top).toBeGreaterThanOrEqual(bar);
});

test("a page further down nothing was skipped under the bar", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, ...Array.from({ length: 20 }, (_, index) => `Example ${index + 1}`));
  // The second as 1280 x 720 at four times the size.
  for (const [width, height] of [
    [1280, 360],
    [320, 180],
  ] as const) {
    await page.setViewportSize({ width, height });
    await open();
    await expect(row(page, "Example 1").last()).toBeVisible();
    await page.evaluate(() =>
      addEventListener("scrollend", () => document.documentElement.setAttribute("data-ended", "")),
    );
    await page.keyboard.press("PageDown");
    await expect(page.locator("html[data-ended]")).toBeAttached();
    const scrolled = await page.evaluate(() => scrollY);
    const bar = await page.getByRole("banner").boundingBox();
    expect(scrolled).toBeGreaterThan(height / 4);
    expect(scrolled).toBeLessThanOrEqual(height - (bar?.height ?? Number.NaN));
  }
});

test("what happens is said to screen readers", async ({ page, open }) => {
  await open();
  const said = (text: string) => page.getByRole("status").filter({ hasText: text });
  await add(page, "Heard");
  await expect(said("Added Heard")).toHaveCount(1);
  await page.getByRole("button", { name: "Delete Heard" }).click();
  await expect(said("Deleted Heard")).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(said("Heard is back")).toHaveCount(1);
});

test("nothing moves that the reader did not move", async ({ page, open, server, tenant }) => {
  await page.addInitScript(() => {
    const seen = { shift: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[]) {
        if (!entry.hadRecentInput) seen.shift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await server.seed(tenant, ...Array.from({ length: 45 }, (_, index) => `Example ${index + 1}`));
  await page.setViewportSize(PHONE);
  // A slow network: every part arrives by itself.
  const network = await page.context().newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 100,
    downloadThroughput: 250_000,
    uploadThroughput: 250_000,
  });
  await open();
  await expect(row(page, "Example 45")).toBeVisible();
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 2_000);
      return row(page, "Example 1").last().isVisible();
    })
    .toBe(true);
  const { shift } = await page.evaluate(
    () => (globalThis as unknown as { seen: { shift: number } }).seen,
  );
  expect(shift).toBeLessThan(0.001);
});

test(`the page needs at most ${BUDGET / 1000} kB of compressed JavaScript, and nothing from elsewhere`, async ({
  page,
  open,
  server,
  tenant,
}) => {
  await open();
  await expect(page.getByRole("heading", { name: "Nothing here yet" })).toBeVisible();
  const loaded = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).map(
      ({ name, encodedBodySize }) => ({ name, encodedBodySize }),
    ),
  );
  const scripts = loaded.filter(({ name }) => name.endsWith(".js"));
  const size = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  expect(size).toBeGreaterThan(10_000);
  expect(size).toBeLessThanOrEqual(BUDGET);
  // What only OIDC needs is known by a word of its protocol.
  const code = await page.evaluate(
    (urls) => Promise.all(urls.map(async (url) => (await fetch(url)).text())),
    scripts.map(({ name }) => name),
  );
  expect(code.join()).not.toContain("code_challenge");
  for (const { name } of loaded) expect(name.startsWith(server.origin(tenant))).toBe(true);
});

test("beside a list that scrolls, the title and the form stay in view on a wide screen", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, ...Array.from({ length: 20 }, (_, index) => `Example ${index + 1}`));
  await open();
  await expect(page.getByRole("listitem")).toHaveCount(20);
  await page.getByRole("listitem").last().scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(300);
  const bar = await page.getByRole("banner").boundingBox();
  const title = page.getByRole("heading", { name: "Examples", level: 1 });
  expect((await title.boundingBox())?.y).toBeGreaterThan(bar?.height ?? Number.NaN);
  await expect(newExample(page)).toBeInViewport({ ratio: 1 });
});

test("in a low window nothing scrolls away under somebody who writes", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, ...Array.from({ length: 20 }, (_, index) => `Example ${index + 1}`));
  await page.setViewportSize({ width: 1280, height: 360 });
  await open();
  await expect(row(page, "Example 20")).toBeVisible();
  await newExample(page).pressSequentially("a");
  const top = () => row(page, "Example 20").evaluate((each) => each.getBoundingClientRect().top);
  const before = await top();
  await newExample(page).pressSequentially("bcd");
  expect(await top()).toBe(before);
});

test("320 pixels are enough, and text of twice the size", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "x".repeat(200), "Short");
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ["/", "/about"]) {
    await open(path);
    await expect(page.getByRole("link", { name: /^About/ })).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
  await open();
  await page.getByRole("button", { name: "Rename Short" }).click();
  await page.getByRole("button", { name: "Delete xxx" }).click();
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 640, height: 640 });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  await expectNoSidewaysScroll(page);
});

test("right-to-left text turns the page around and keeps names as they are", async ({
  page,
  open,
  server,
  tenant,
}) => {
  await server.seed(tenant, "سجل الطلبات", "Latin (1)");
  await open();
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  const name = await row(page, "Latin (1)").locator("bdi").boundingBox();
  const button = await page.getByRole("button", { name: "Delete Latin (1)" }).boundingBox();
  expect(name?.x).toBeGreaterThan(button?.x ?? Number.NaN);
  await expect(row(page, "Latin").locator("bdi")).toHaveText("Latin (1)");
  await expectNoSidewaysScroll(page);
});

test("where the reader's own colours stand for all, what is known by its background has an edge", async ({
  page,
  open,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  const expectEdge = async (what: Locator) =>
    expect(
      await what.evaluate((element) => {
        const { borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element);
        return borderTopStyle !== "none" && borderTopColor !== backgroundColor;
      }),
    ).toBe(true);
  const onceLooked = async (route: Route) => {
    await expectEdge(page.getByText("Loading the examples").locator("~ div span").first());
    await route.continue();
  };
  await page.route("**/api/example", onceLooked, { times: 1 });
  await open();
  await add(page, "Seen");
  await page.getByRole("button", { name: "Delete Seen" }).click();
  await expectEdge(page.getByRole("region", { name: "Undo" }));
});

test("who wishes no motion gets none", async ({ page, open }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open();
  await add(page, "Still");
  await page.getByRole("button", { name: "Delete Still" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

/** Colours are read while they stand: after what moves has come to rest. */
const settle = (page: Page) =>
  page.evaluate(() => {
    for (const animation of document.getAnimations()) animation.finish();
  });

async function expectNoSidewaysScroll(page: Page) {
  const overflow = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  };
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
}
