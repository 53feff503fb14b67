import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, row, test } from "../e2e/fixtures.ts";
import type { Server } from "../e2e/server.ts";
import { NAMES } from "./names.ts";

test.use({
  tenant: "acme",
  failuresExpected: true,
  viewport: { width: 1280, height: 800 },
  deviceScaleFactor: 2,
});

const draw = async (page: Page, name: string) => {
  const path = fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url));
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled" });
};

async function openList(page: Page, server: Server) {
  if ((await server.stored("acme")).length === 0) await server.seed("acme", ...NAMES);
  await page.goto(server.origin("acme"));
  await expect(row(page, "Release notes, draft")).toBeVisible();
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the list, ${colorScheme}`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme });
    await openList(page, server);
    await draw(page, `web-${colorScheme}`);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a deletion, dark", async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await openList(page, server);
    await page.getByRole("button", { name: "Delete Warehouse" }).tap();
    await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
    await draw(page, "web-phone");
    await page.getByRole("button", { name: "Undo" }).tap();
  });
});

test("a conflict", async ({ page, context, server }) => {
  await openList(page, server);
  const other = await context.newPage();
  await openList(other, server);
  await page.getByRole("button", { name: "Rename Kundengespräch" }).click();
  await other.getByRole("button", { name: "Rename Kundengespräch" }).click();
  await other.keyboard.type("Kundengespräch am Dienstag");
  await other.keyboard.press("Enter");
  await expect(row(other, "Dienstag")).toBeVisible();
  await page.keyboard.type("Kundengespräch, verlegt");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Changed elsewhere")).toBeVisible();
  await page.mouse.move(0, 0);
  await draw(page, "web-conflict");
});
