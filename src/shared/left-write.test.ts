import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useCreateForm, useRenameForm } from "./forms.ts";
import { useHasUnsaved, useLeftWrite } from "./left-write.ts";
import { useSignOut } from "./session.ts";
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
  const { result: left } = renderHook(() => useLeftWrite(() => {}), { wrapper });
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

test("of two examples each form tells of its own, and what was left is told though the other is renamed", async () => {
  const fake = new FakeApi().with("other", "old");
  const [old, other] = fake.examples as [Example, Example];
  const [first, refuse] = held();
  const [second, refuseOther] = held();
  fake.plan(`PATCH /api/example/${old.id}`, first);
  fake.plan(`PATCH /api/example/${other.id}`, second);
  const wrapper = appAround(fake);
  const { result: left } = renderHook(() => useLeftWrite(() => {}), { wrapper });
  const rename = async (example: Example, name: string) => {
    const form = renderHook(() => useRenameForm(example, () => {}), { wrapper });
    act(() => form.result.current.change(name));
    act(() => form.result.current.submit());
    await pass(0);
    return form;
  };
  const open = await rename(other, "other's");
  const closed = await rename(old, "mine");
  closed.unmount();
  await refuseOther();
  expect(left.current).toBeNull();
  expect(open.result.current.error).not.toBeNull();
  await refuse();
  expect(left.current?.said).toContain("mine");
  act(() => open.result.current.submit());
  await pass(0);
  expect(fake.examples.map(({ name }) => name)).toEqual(["old", "other's"]);
  expect(left.current?.said).toContain("mine");
});

/** An answer that waits for its word. */
function held() {
  let refuse = () => {};
  const answer = new Promise<Response>((resolve) => {
    refuse = () => resolve(failure(500, "internal"));
  });
  const release = async () => {
    refuse();
    await pass(0);
  };
  return [answer, release] as const;
}

test("a creation that fails after its form was left is told, and can be tried again", async () => {
  const fake = new FakeApi();
  const [first, refuse] = held();
  const [second, refuseAgain] = held();
  fake.plan("POST /api/example", first, second);
  const wrapper = appAround(fake);
  const { result: left } = renderHook(() => useLeftWrite(() => {}), { wrapper });
  const { result: isUnsaved } = renderHook(useHasUnsaved, { wrapper });
  const form = renderHook(() => useCreateForm(() => {}), { wrapper });
  act(() => form.result.current.change("new"));
  act(() => form.result.current.submit());
  await pass(0);
  form.unmount();
  expect(left.current).toBeNull();
  await refuse();
  expect(left.current?.said.join("")).toBe("new could not be saved. Failed: internal");
  expect(isUnsaved.current).toBe(true);
  act(() => left.current?.again.act());
  await pass(0);
  expect(left.current).toBeNull();
  await refuseAgain();
  expect(left.current?.said).toContain("new");
  act(() => left.current?.again.act());
  await pass(0);
  expect(left.current).toBeNull();
  expect(isUnsaved.current).toBe(false);
  expect(fake.examples.map(({ name }) => name)).toEqual(["new"]);
  const keys = fake.sent("POST /api/example").map(({ headers }) => headers.get("idempotency-key"));
  expect(new Set(keys).size).toBe(1);
});

test("a sign-out tells of what was left and lost, and the next one lets go of it before it leaves", async () => {
  const fake = new FakeApi();
  const [first, refuse] = held();
  fake.plan("POST /api/example", first);
  const wrapper = appAround(fake);
  const form = renderHook(() => useCreateForm(() => {}), { wrapper });
  act(() => form.result.current.change("new"));
  act(() => form.result.current.submit());
  await pass(0);
  form.unmount();
  await refuse();
  const end = vi.fn(async () => {});
  const { result } = renderHook(
    () => ({ isUnsaved: useHasUnsaved(), signOut: useSignOut({ end }) }),
    { wrapper },
  );
  act(() => result.current.signOut.mutate("here"));
  await pass(0);
  expect(result.current.signOut.error?.message).toBe("new could not be saved. Failed: internal");
  expect(end).not.toHaveBeenCalled();
  end.mockImplementation(() => new Promise(() => {}));
  act(() => result.current.signOut.mutate("here"));
  await pass(0);
  expect(end).toHaveBeenCalledOnce();
  expect(result.current.isUnsaved).toBe(false);
});

test("a sign-out tells neither of what its form still shows, nor of what failed because it is over", async () => {
  const fake = new FakeApi();
  let end401 = () => {};
  const late = new Promise<Response>((resolve) => {
    end401 = () => resolve(failure(401, "unauthenticated"));
  });
  fake.plan("POST /api/example", failure(500, "internal"), late);
  const wrapper = appAround(fake);
  const end = vi.fn(async () => {});
  const { result } = renderHook(
    () => ({ form: useCreateForm(() => {}), signOut: useSignOut({ end }) }),
    { wrapper },
  );
  act(() => result.current.form.change("new"));
  act(() => result.current.form.submit());
  await pass(0);
  expect(result.current.form.error).not.toBeNull();
  act(() => result.current.signOut.mutate("here"));
  await pass(0);
  expect(end).toHaveBeenCalledTimes(1);
  act(() => result.current.form.change("newer"));
  act(() => result.current.form.submit());
  act(() => result.current.signOut.mutate("here"));
  await pass(0);
  expect(end).toHaveBeenCalledTimes(1);
  end401();
  await pass(0);
  expect(end).toHaveBeenCalledTimes(2);
  expect(result.current.signOut.error).toBeNull();
});

test("a creation that fails after its form was left is the form's again when that is", async () => {
  const fake = new FakeApi();
  const [answer, refuse] = held();
  fake.plan("POST /api/example", answer);
  const wrapper = appAround(fake);
  const open = () =>
    renderHook(() => ({ form: useCreateForm(() => {}), left: useLeftWrite(() => {}) }), {
      wrapper,
    });
  const first = open();
  act(() => first.result.current.form.change("new"));
  act(() => first.result.current.form.submit());
  await pass(0);
  first.unmount();
  await refuse();
  const second = open();
  await pass(0);
  expect(second.result.current.form).toMatchObject({ name: "new", error: expect.any(String) });
  expect(second.result.current.left).toBeNull();
});

test("what was to be added in the place of a gone example, and was left, is told as well", async () => {
  const fake = new FakeApi().with("old");
  const [old] = fake.examples as [Example];
  fake.remove(old.id);
  const [answer, refuse] = held();
  fake.plan("POST /api/example", answer);
  const wrapper = appAround(fake);
  const onAdded = vi.fn();
  const { result: left } = renderHook(() => useLeftWrite(onAdded), { wrapper });
  const form = renderHook(() => useRenameForm(old, () => {}), { wrapper });
  act(() => form.result.current.change("mine"));
  act(() => form.result.current.submit());
  await pass(0);
  act(() => form.result.current.gone?.addAsNew(() => {}));
  await pass(0);
  form.unmount();
  await refuse();
  expect(left.current?.said).toContain("mine");
  act(() => left.current?.again.act());
  await pass(0);
  expect(left.current).toBeNull();
  expect(fake.examples.map(({ name }) => name)).toEqual(["mine"]);
  expect(onAdded).toHaveBeenCalledExactlyOnceWith(fake.examples[0]);
});
