import { ada, FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, screen, waitFor } from "@testing-library/react-native";
import { router } from "expo-router";
import { keychain } from "../test/keychain.ts";
import { setConnected } from "../test/network.ts";
import { announced, field, heading, ORIGIN, press, renderApp, type } from "../test/render-app.ts";
import { originOf } from "./address.ts";

/** As `app.config.ts` makes it, which nobody reads for the app under Jest. */
const mockConfig: { version: string; extra: { server?: string } } = { version: "9.8.7", extra: {} };
jest.mock("expo-constants", () => {
  const actual = jest.requireActual("expo-constants");
  const get = (from: object, name: string | symbol) =>
    name === "expoConfig" ? mockConfig : Reflect.get(from, name);
  return { ...actual, __esModule: true, default: new Proxy(actual.default, { get }) };
});
afterEach(() => {
  mockConfig.extra = {};
});

test.each([
  ["acme.example.com", "https://acme.example.com"],
  [" https://Acme.Example.com/ ", "https://acme.example.com"],
  ["https://acme.example.com:8443/auth/verify", "https://acme.example.com:8443"],
  ["http://acme.localhost:3000", "http://acme.localhost:3000"],
  // As a mailed link names it.
  ["https://acme.example.com:443", "https://acme.example.com"],
  ["http://localhost:80", "http://localhost"],
  ["xn--bcher-kva.example", "https://xn--bcher-kva.example"],
  // In the clear it goes no further than this machine.
  ["http://acme.example.com", null],
  ["http://localhost.example.com", null],
  ["ftp://acme.example.com", null],
  ["two words", null],
  ["a..b", null],
  [".", null],
  ["acme.example.com:99999", null],
  ["*.example.com", null],
  // Phones do not know how other scripts are written in a request.
  ["bücher.example", null],
  ["", null],
])("the address %j means %j", (address, origin) => {
  expect(originOf(address)).toBe(origin);
});

test("the first start asks for the server, and the next one knows it", async () => {
  const fake = new FakeApi();
  renderApp(fake, "/", null);
  expect(await heading("Where is your server?")).toBeVisible();
  await type("Server address", "two words");
  await press("Use this server");
  expect(await screen.findByText(/^Enter an https:/)).toBeVisible();
  expect(fake.requests).toEqual([]);
  await type("Server address", "demo.example.com");
  await press("Use this server");
  expect(await heading("Nothing here yet")).toBeVisible();
  expect(keychain.get("server")).toBe("https://demo.example.com");
  expect(new URL(fake.requests[0]?.url ?? "").origin).toBe("https://demo.example.com");
});

test("a build that names a server begins there", async () => {
  mockConfig.extra.server = "demo.example.com";
  const fake = new FakeApi();
  renderApp(fake, "/", null);
  expect(await heading("Nothing here yet")).toBeVisible();
  expect(fake.requests[0]?.url).toMatch(/^https:\/\/demo\.example\.com\//);
});

test("another server starts with nothing of the one before", async () => {
  keychain.set("session.https_3a__2f__2f_demo_2e_example_2e_com.magic_5f_link", "of demo");
  const fake = new FakeApi().with("of acme");
  fake.config = { ...fake.config, authProvider: "magic_link" };
  fake.user = ada;
  renderApp(fake);
  await screen.findByRole("link", { name: /^of acme/ });
  await press("Settings");
  expect((await field("Server address")).props.value).toBe(ORIGIN);
  fake.examples = [];
  await type("Server address", "demo.example.com");
  await press("Use this server");
  expect(await heading("Nothing here yet")).toBeVisible();
  const last = fake.sent("GET /api/example").at(-1);
  expect(last?.url).toMatch(/^https:\/\/demo/);
  expect(last?.headers.get("authorization")).toBe("Bearer of demo");
});

describe("a change of server while something is not saved", () => {
  const add = async () => {
    await press("New");
    await type("Name", "later");
    await press("Add");
    await screen.findByText(/^Offline\. This will be sent/);
    act(() => router.back());
  };
  const remove = async () => {
    act(() => router.push("/example/00000000-0000-7000-8000-000000000001"));
    await press("Delete");
  };

  test.each([
    ["a new example", add],
    ["a deletion that can still be undone", remove],
  ])("loses %s only at a second press", async (_, write) => {
    const fake = new FakeApi().with("mine");
    renderApp(fake);
    await screen.findByRole("link", { name: /^mine/ });
    act(() => onlineManager.setOnline(false));
    await write();
    await press("Settings");
    await type("Server address", "demo.example.com");
    await press("Use this server");
    expect(await screen.findByText(/^Something is not saved yet/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Something is not saved yet/);
    expect(keychain.get("server")).toBe(ORIGIN);
    await press("Use this server");
    await waitFor(() => expect(keychain.get("server")).toBe("https://demo.example.com"));
    act(() => onlineManager.setOnline(true));
    await screen.findByRole("link", { name: /^mine/ });
    expect(fake.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  test("needs a second press while a deletion can be undone, since nobody would be told if it failed", async () => {
    renderApp(new FakeApi().with("mine"));
    await screen.findByRole("link", { name: /^mine/ });
    await remove();
    await press("Settings");
    await type("Server address", "demo.example.com");
    await press("Use this server");
    expect(await screen.findByText(/^Something is not saved yet/)).toBeVisible();
    expect(keychain.get("server")).toBe(ORIGIN);
    await press("Undo");
    await press("Use this server");
    await waitFor(() => expect(keychain.get("server")).toBe("https://demo.example.com"));
  });

  test("needs no second press once that is saved", async () => {
    const fake = new FakeApi().with("mine");
    renderApp(fake);
    await screen.findByRole("link", { name: /^mine/ });
    act(() => onlineManager.setOnline(false));
    await add();
    await press("Settings");
    await type("Server address", "demo.example.com");
    await press("Use this server");
    await screen.findByText(/^Something is not saved yet/);
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(screen.queryByText(/^Something is not saved yet/)).toBeNull());
    expect(fake.sent("POST /api/example")).toHaveLength(1);
    await press("Use this server");
    await waitFor(() => expect(keychain.get("server")).toBe("https://demo.example.com"));
  });
});

test("after a change of server the loss of the network is noticed still", async () => {
  const fake = new FakeApi().with("mine");
  renderApp(fake);
  await screen.findByRole("link", { name: /^mine/ });
  await press("Settings");
  await type("Server address", "demo.example.com");
  await press("Use this server");
  await waitFor(() => expect(fake.sent("GET /api/example")).toHaveLength(2));
  await screen.findByRole("link", { name: /^mine/ });
  act(() => setConnected(false));
  expect(await screen.findByText("Offline. Showing what was last loaded.")).toBeVisible();
  act(() => setConnected(true));
  await waitFor(() => expect(screen.queryByText(/Offline/)).toBeNull());
});

test.each([
  ["local", "A local process"],
  ["ecs", "ECS on Fargate"],
  ["lambda", "AWS Lambda"],
] as const)("the settings tell what serves the tenant: %s", async (compute, shown) => {
  const fake = new FakeApi();
  fake.config = { ...fake.config, compute };
  renderApp(fake, "/settings");
  for (const fact of ["acme", shown, "1.2.3", "9.8.7"]) {
    expect(await screen.findByText(fact)).toBeVisible();
  }
});

test.each([404, 421])("a host of no tenant (%i) is told just that", async (status) => {
  renderApp(new FakeApi().plan("GET /api/config", failure(status, "not_found")));
  expect(await heading("No tenant at this address")).toBeVisible();
  expect(await field("Server address")).toBeVisible();
});

test("a server that cannot say what it is shows the request id, and is asked again", async () => {
  renderApp(new FakeApi().plan("GET /api/config", failure(500, "internal")));
  expect(await heading("The server's settings could not be loaded")).toBeVisible();
  expect(screen.getByText("Request req-1")).toBeVisible();
  await press("Try again");
  expect(await heading("Nothing here yet")).toBeVisible();
});

test("a server that does not answer is asked three times before anybody is bothered", async () => {
  const fake = new FakeApi().plan("GET /api/config", "unreachable", failure(503, "unavailable"));
  renderApp(fake);
  await waitFor(() => expect(fake.sent("GET /api/config")).toHaveLength(3));
  expect(await heading("Nothing here yet")).toBeVisible();
});

test("an address of nothing says so, and leads back", async () => {
  renderApp(new FakeApi(), "/no/such/screen");
  expect(await screen.findByText(/does not exist/)).toBeVisible();
  expect(screen.getByText("Go to the examples")).toBeVisible();
});
