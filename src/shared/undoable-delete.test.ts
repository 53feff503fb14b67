import { act } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeApi, failure } from "./testing/fake-api.ts";
import { renderInApp } from "./testing/render.tsx";
import type { Example } from "./types.ts";
import { UNDO_TIME, useUndoableDelete } from "./undoable-delete.ts";

let fake: FakeApi;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeApi().with("one", "two");
});
afterEach(() => void vi.useRealTimers());

const example = (name: string) => fake.examples.find((each) => each.name === name) as Example;
const stored = () => fake.examples.map(({ name }) => name);
const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
const render = () => renderInApp(fake, useUndoableDelete);

test("hides at once, deletes when the time to undo is over", async () => {
  const one = example("one");
  const { result } = render();
  act(() => result.current.remove(one));
  expect(result.current.hidden).toContain(one.id);
  await pass(UNDO_TIME - 1);
  expect(stored()).toEqual(["two", "one"]);
  await pass(1);
  expect(stored()).toEqual(["two"]);
  expect(result.current.pending).toBeNull();
});

test("undone in time, nothing was ever sent", async () => {
  const one = example("one");
  const { result } = render();
  act(() => result.current.remove(one));
  act(() => result.current.undo());
  expect(result.current.hidden).not.toContain(one.id);
  await pass(UNDO_TIME);
  expect(fake.requests).toEqual([]);
});

test("the clock stands still while it is held, and starts anew after", async () => {
  const { result } = render();
  act(() => result.current.remove(example("one")));
  await pass(UNDO_TIME - 1);
  act(() => result.current.hold(true));
  await pass(10 * UNDO_TIME);
  expect(stored()).toContain("one");
  act(() => result.current.hold(false));
  await pass(UNDO_TIME);
  expect(stored()).toEqual(["two"]);
});

test("the next deletion sends the one before", async () => {
  const { result } = render();
  act(() => result.current.remove(example("one")));
  act(() => result.current.remove(example("two")));
  await pass(0);
  expect(stored()).toEqual(["two"]);
  expect(result.current.pending?.name).toBe("two");
});

test("leaving the list sends it", async () => {
  const { result, unmount } = render();
  act(() => result.current.remove(example("one")));
  unmount();
  await pass(0);
  expect(stored()).toEqual(["two"]);
});

test("changed elsewhere meanwhile, it comes back and says so", async () => {
  const one = example("one");
  const { result } = render();
  act(() => result.current.remove(one));
  fake.rename(one.id, "theirs");
  await pass(UNDO_TIME);
  expect(stored()).toContain("theirs");
  expect(result.current.hidden).not.toContain(one.id);
  expect(result.current.problem).toMatchObject({ kind: "conflict", current: { name: "theirs" } });
});

test("refused, it comes back and says why", async () => {
  const one = example("one");
  fake.plan(`DELETE /api/example/${one.id}`, failure(500, "internal"));
  const { result } = render();
  act(() => result.current.remove(one));
  await pass(UNDO_TIME);
  expect(result.current.hidden).not.toContain(one.id);
  expect(result.current.problem).toMatchObject({ kind: "failed", error: { requestId: "req-1" } });
});
