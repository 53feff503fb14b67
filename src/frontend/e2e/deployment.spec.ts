import { add, expect, names, row, test } from "./fixtures.ts";

test("two tenants on two hosts never see each other's examples", async ({
  openElsewhere,
  server,
}) => {
  const open = async (tenant: string) => {
    const page = await openElsewhere();
    await page.goto(server.origin(tenant));
    await expect(page.getByRole("banner")).toContainText(tenant);
    return page;
  };
  const [acme, demo] = await Promise.all([open("acme"), open("demo")]);
  await Promise.all([add(acme, "Of acme"), add(demo, "Of demo")]);
  await expect(row(acme, "Of acme")).toBeVisible();
  await expect(row(demo, "Of demo")).toBeVisible();
  for (const page of [acme, demo]) await page.reload();
  await expect.poll(() => names(acme)).toEqual(["Of acme"]);
  await expect.poll(() => names(demo)).toEqual(["Of demo"]);
});

test("the bar and the page about it tell what serves this tenant", async ({
  page,
  open,
  server,
  tenant,
}) => {
  type Config = { data: { version: string } };
  const { version } = (await server.call<Config>(tenant, "GET", "/api/config")).data;
  await open();
  const badge = page.getByRole("link", { name: `Local ${version}` });
  await badge.click();
  await expect(page).toHaveURL(/\/about$/);
  const heading = page.getByRole("heading", { name: "About this deployment" });
  await expect(heading).toBeFocused();
  const sheet = page.getByRole("main");
  for (const fact of [tenant, version, "A local process"]) await expect(sheet).toContainText(fact);
  const link = page.getByRole("link", { name: "The API document" });
  const path = (await link.getAttribute("href")) ?? "";
  const contract = await server.call<{ openapi: string }>(tenant, "GET", path);
  expect(contract.openapi).toMatch(/^3\.1/);
});

test("every address of the page can be opened directly, and what is none says so", async ({
  page,
  open,
}) => {
  await open("/about");
  await expect(page.getByRole("heading", { name: "About this deployment" })).toBeVisible();
  await open("/no/such/page");
  await expect(page.getByRole("heading", { name: "Nothing at this address" })).toBeVisible();
});

test("without scripts the page says that it needs them, and lets nobody wait", async ({
  openElsewhere,
  server,
  tenant,
}) => {
  const page = await openElsewhere({ javaScriptEnabled: false });
  await page.goto(server.origin(tenant));
  await expect(page.locator("noscript p")).toBeVisible();
  await expect(page.getByText("One moment…")).toBeHidden();
});

test("without a provider no page offers to sign in or out", async ({ page, open }) => {
  for (const path of ["/", "/about", "/auth/verify#token=x"]) {
    await open(path);
    await expect(page.getByRole("link", { name: /^About/ })).toBeVisible();
    await expect(page.getByText(/sign (in|out)$/i)).toHaveCount(0);
    await expect(page.getByRole("button", { name: /account/i })).toHaveCount(0);
  }
});

test.describe("a host of no tenant", () => {
  test.use({ failuresExpected: true });

  test("is told that, and nothing else", async ({ page, server }) => {
    await page.goto(`http://not_a_name.localhost:${server.port}`);
    await expect(page.getByRole("heading", { name: "No tenant at this address" })).toBeVisible();
  });
});
