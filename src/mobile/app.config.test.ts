import type { ExpoConfig } from "expo/config";

const before = process.env;
afterEach(() => {
  process.env = before;
});

function configOf(environment: Record<string, string>): ExpoConfig {
  process.env = { NODE_ENV: "test", ...environment };
  let config: ExpoConfig | undefined;
  jest.isolateModules(() => {
    config = jest.requireActual("./app.config.ts").default;
  });
  if (config === undefined) throw new Error("app.config.ts was not read");
  return config;
}

test("links to sign in by open the app on the hosts that are named, and no other page of theirs does", () => {
  const config = configOf({ EXPO_PUBLIC_LINK_DOMAINS: "*.example.com, b.example," });
  expect(config.ios?.associatedDomains).toEqual(["applinks:*.example.com", "applinks:b.example"]);
  const opened = config.android?.intentFilters?.map(({ autoVerify, data }) => [autoVerify, data]);
  expect(opened).toEqual([
    [true, [{ scheme: "https", host: "*.example.com", pathPrefix: "/auth/verify" }]],
    [true, [{ scheme: "https", host: "b.example", pathPrefix: "/auth/verify" }]],
  ]);
});

test("without hosts no link of the web opens the app", () => {
  const { ios, android } = configOf({ EXPO_PUBLIC_LINK_DOMAINS: "" });
  expect([ios?.associatedDomains, android?.intentFilters]).toEqual([[], []]);
});

test("a scheme is enough to name the app, and an identifier names it otherwise", () => {
  const { scheme, ios, android } = configOf({ EXPO_PUBLIC_SCHEME: "my-app" });
  expect(scheme).toBe("my-app");
  expect([ios?.bundleIdentifier, android?.package]).toEqual([
    "com.example.myapp",
    "com.example.myapp",
  ]);
  const named = configOf({ EXPO_PUBLIC_SCHEME: "my-app", EXPO_PUBLIC_APP_ID: "org.acme" });
  expect([named.ios?.bundleIdentifier, named.android?.package]).toEqual(["org.acme", "org.acme"]);
});
