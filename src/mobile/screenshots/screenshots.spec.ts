import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { NAMES } from "../../frontend/screenshots/names.ts";
import { expect, heading, press, row, swipe, test } from "../e2e/fixtures.ts";

test.use({ tenant: "acme", failuresExpected: true, deviceScaleFactor: 2 });

const draw = async (page: Page, name: string) => {
  const path = fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url));
  await page.screenshot({ path, animations: "disabled" });
};

for (const colorScheme of ["light", "dark"] as const) {
  test(`the list, ${colorScheme}`, async ({ page, open, server }) => {
    await page.emulateMedia({ colorScheme });
    if ((await server.stored("acme")).length === 0) await server.seed("acme", ...NAMES);
    await open();
    await expect(row(page, "Release notes, draft")).toBeVisible();
    if (colorScheme === "dark") {
      await swipe(page, "Warehouse 14");
      await expect(page.getByText(/^Deleted Warehouse 14, north gate$/)).toBeVisible();
    }
    await draw(page, `mobile-${colorScheme}`);
    if (colorScheme === "dark") await press(page, "Undo");
  });
}

test("a conflict", async ({ page, open, server }) => {
  await open();
  await row(page, "Kundengespräch").tap();
  await press(page, "Rename");
  await page.getByRole("textbox", { name: "New name" }).fill("Kundengespräch, verlegt");
  type List = { data: { id: string; name: string }[] };
  const { data } = await server.call<List>("acme", "GET", "/api/example");
  const id = data.find(({ name }) => name.startsWith("Kundengespräch"))?.id;
  const name = "Kundengespräch am Dienstag";
  await server.call("acme", "PATCH", `/api/example/${id}`, { name });
  await press(page, "Save");
  await expect(heading(page, "Changed elsewhere while you were editing", 2)).toBeVisible();
  await draw(page, "mobile-conflict");
});

test("the settings", async ({ page, open }) => {
  await open("/settings");
  await expect(heading(page, "Settings")).toBeVisible();
  await draw(page, "mobile-settings");
});
