import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { preview } from "vite";
import { test as base, expect } from "../../frontend/e2e/fixtures.ts";
import { Server } from "../../frontend/e2e/server.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

/**
 * The page's fixtures, with the exported app in the page's place. It is served from an origin of its own, as a phone
 * has none at all: what works here works by the bearer token alone.
 */
export const test = base.extend<object, { app: string }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures that are wanted here
    async ({}, use) => {
      const server = await preview({
        root: folder,
        configFile: false,
        logLevel: "silent",
        build: { outDir: "dist/web" },
        preview: { port: 0, host: "localhost" },
      });
      await use(new URL(server.resolvedUrls?.local[0] ?? "").origin);
      await server.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ app }, use) => {
      const server = await Server.start({ CORS_ALLOWED_ORIGINS: app });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  open: async ({ page, app, server, tenant }, use) => {
    await use(async (path = "/") => {
      await page.goto(app + path);
      await visit(page, server.origin(tenant));
    });
  },
});

export { expect };

/** Says which server it is, as everybody does at the first start. */
export async function visit(page: Page, address: string) {
  await page.getByRole("textbox", { name: "Server address" }).fill(address);
  await press(page, "Use this server");
}

export const press = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name }).tap();

export const heading = (page: Page, name: string, level = 1) =>
  page.getByRole("heading", { name, level });

/** A line of the list. */
export const row = (page: Page, name: string | RegExp) => page.getByRole("link", { name });

export async function add(page: Page, name: string) {
  await press(page, "New");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await press(page, "Add");
}

/** Draws a finger over the line of an example, from right to left. */
export async function swipe(page: Page, name: string, to = 60) {
  const box = await row(page, name).boundingBox();
  if (box === null) throw new Error(`${name} is not on the screen`);
  const y = box.y + box.height / 2;
  const finger = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
    finger.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: x === undefined ? [] : [{ x, y }],
    });
  await touch("touchStart", box.x + 300);
  // As slow as a finger, and at rest before it is lifted: a fling counts as a longer way, and swallows the next tap.
  for (let x = 300; x >= to; x -= 5) {
    await touch("touchMove", box.x + x);
    await page.waitForTimeout(10);
  }
  await page.waitForTimeout(100);
  await touch("touchEnd");
}
