import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useRenameForm } from "./forms.ts";
import { appAround } from "./testing/app-around.tsx";
import { FakeApi, failure } from "./testing/fake-api.ts";
import type { Example } from "./types.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));

const refused = () => failure(400, "invalid_input");

test.each([
  ["was refused is over", [refused()], 1],
  ["may have been stored is written back", [failure(500, "internal")], 2],
  ["was refused after an answer got lost is written back", ["answer lost", refused()], 3],
] as const)("the old name, where another one %s", async (_, turns, requests) => {
  const fake = new FakeApi().with("old");
  const [old] = fake.examples as [Example];
  const route = `PATCH /api/example/${old.id}`;
  fake.plan(route, ...turns);
  const { result } = renderHook(() => useRenameForm(old, () => {}), { wrapper: appAround(fake) });
  for (const name of ["new", "old"]) {
    act(() => result.current.change(name));
    act(() => result.current.submit());
    await pass(0);
  }
  expect(fake.sent(route)).toHaveLength(requests);
});
