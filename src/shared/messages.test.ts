import { afterEach, expect, test, vi } from "vitest";
import { audience, progress, shortTime } from "./messages.ts";
import { FakeApi } from "./testing/fake-api.ts";

afterEach(() => void vi.useRealTimers());

const write = { status: "pending", isPaused: false, failureCount: 0 } as const;

test.each([
  ["is on its way", write, true, null],
  ["failed once", { ...write, failureCount: 1 }, true, /not responding/],
  ["waits for the network", { ...write, isPaused: true }, false, /^Offline\./],
  ["waits for something else", { ...write, isPaused: true }, true, /not responding/],
  ["is over", { ...write, status: "success" as const, failureCount: 1 }, false, null],
])("a write that %s says no more than that", (_, state, online, said) => {
  const text = progress(state, online);
  if (said === null) expect(text).toBeNull();
  else expect(text).toMatch(said);
});

test.each([
  ["none", /^Shared with everyone/],
  ["magic_link", /^Private to you/],
  ["oidc", /^Private to you/],
] as const)("whose the examples are is said as it is with %s", (authProvider, said) => {
  expect(audience({ ...new FakeApi().config, authProvider })).toMatch(said);
});

test("a moment has its year when that is another", () => {
  vi.useFakeTimers({ now: new Date("2026-06-15T12:00:00Z") });
  expect(shortTime("2025-05-01T12:00:00Z")).toMatch(/2025/);
  expect(shortTime("2026-05-01T12:00:00Z")).not.toMatch(/2026/);
});
