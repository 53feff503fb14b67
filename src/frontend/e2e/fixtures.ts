import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from "@playwright/test";
import type { AxeResults } from "axe-core";
import { Server } from "./server.ts";

type Fixtures = {
  /** A tenant of its own for every test, so that none sees what another left. */
  tenant: string;
  /** Opens an address of the tenant. */
  open: (path?: string) => Promise<void>;
  /** Opens a page in a browser of its own, as somebody else's. */
  openElsewhere: (options?: BrowserContextOptions) => Promise<Page>;
  /** Set where requests fail on purpose: Chromium reports each of them on the console. */
  failuresExpected: boolean;
};

const FAILED_REQUEST = /^Failed to load resource|Failed to fetch dynamically imported module/;

export const test = base.extend<
  Fixtures & { watch: (context: BrowserContext) => void },
  { server: Server }
>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are wanted here
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  tenant: async ({}, use, { testId }) => use(`t-${testId.replaceAll(/[^a-z0-9]/g, "")}`),
  open: async ({ page, server, tenant }, use) => {
    await use(async (path = "/") => void (await page.goto(server.origin(tenant) + path)));
  },
  failuresExpected: [false, { option: true }],
  watch: [
    async ({ context, failuresExpected }, use) => {
      const complaints: string[] = [];
      const watch = (watched: BrowserContext) => {
        watched.on("weberror", (error) => complaints.push(String(error.error())));
        watched.on("console", (message) => {
          const ofNetwork = FAILED_REQUEST.test(message.text());
          const grave = ["error", "warning"].includes(message.type());
          if (grave && !(failuresExpected && ofNetwork)) complaints.push(message.text());
        });
      };
      watch(context);
      await use(watch);
      expect(complaints, "the console, where breaches of the CSP are reported too").toEqual([]);
    },
    { auto: true },
  ],
  openElsewhere: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watch(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };

export const PHONE = { width: 360, height: 780 };
const DESKTOP = { width: 1280, height: 800 };

/** In what every page is looked at by axe. */
export const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [PHONE, DESKTOP].map((viewport) => ({
    name: `at ${viewport.width} pixels, ${colorScheme}`,
    look: { colorScheme, viewport },
  })),
);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Everything that axe knows, WCAG 2.2 AA and good practice. */
export async function expectAccessible(page: Page) {
  // Over the debugging protocol, which the page's own policy does not bind.
  await page.evaluate(axe);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  const found = results.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect(found).toEqual([]);
}

export const row = (page: Page, name: string) =>
  page.getByRole("listitem").filter({ hasText: name });

export const names = (page: Page) => page.getByRole("listitem").locator("bdi").allTextContents();

export const newExample = (page: Page) => page.getByRole("textbox", { name: "New example" });

export async function add(page: Page, name: string) {
  await newExample(page).fill(name);
  await newExample(page).press("Enter");
}
