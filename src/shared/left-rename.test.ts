import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useRenameForm } from "./forms.ts";
import { useLeftRename } from "./left-rename.ts";
import { appAround } from "./testing/app-around.tsx";
import { FakeApi, failure } from "./testing/fake-api.ts";
import type { Example } from "./types.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));

test("what a form has shown is not told again; what none has waits for its reader", async () => {
  const fake = new FakeApi().with("old");
  const [old] = fake.examples as [Example];
  let refuse = () => {};
  const held = new Promise<Response>((resolve) => {
    refuse = () => resolve(failure(500, "internal"));
  });
  fake.plan(`PATCH /api/example/${old.id}`, failure(500, "internal"), held);
  const wrapper = appAround(fake);
  const { result: left } = renderHook(() => useLeftRename(() => {}), { wrapper });
  const rename = async (name: string) => {
    const form = renderHook(() => useRenameForm(old, () => {}), { wrapper });
    act(() => form.result.current.change(name));
    act(() => form.result.current.submit());
    await pass(0);
    return form;
  };

  const seen = await rename("seen");
  expect(seen.result.current.error).not.toBeNull();
  seen.unmount();
  await pass(0);
  expect(left.current).toBeNull();

  const unseen = await rename("unseen");
  unseen.unmount();
  refuse();
  await pass(60 * 60_000);
  expect(left.current?.said).toContain("unseen");
  act(() => left.current?.discard.act());
  await pass(0);
  expect(left.current).toBeNull();
});
