import { expect, test } from "vitest";
import { progress } from "./messages.ts";

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
