import { useQueryClient } from "@tanstack/react-query";
import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keys, useLoss } from "./query-client.ts";
import { useMe, useSignOut } from "./session.ts";
import { ada, FakeApi, failure } from "./testing/fake-api.ts";
import { renderInApp } from "./testing/render.tsx";
import type { Example, User } from "./types.ts";
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

test("the same one again sends nothing, and can be undone", async () => {
  const one = example("one");
  const { result } = render();
  act(() => result.current.remove(one));
  act(() => result.current.remove(one));
  act(() => result.current.undo());
  await pass(UNDO_TIME);
  expect(fake.requests).toEqual([]);
  expect(result.current.hidden).not.toContain(one.id);
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
  expect(result.current.problem).toMatchObject({ example: { name: "theirs" }, error: null });
});

test("refused, it comes back and says why", async () => {
  const one = example("one");
  fake.plan(`DELETE /api/example/${one.id}`, failure(500, "internal"));
  const { result } = render();
  act(() => result.current.remove(one));
  await pass(UNDO_TIME);
  expect(result.current.hidden).not.toContain(one.id);
  expect(result.current.problem).toMatchObject({ example: one, error: { requestId: "req-1" } });
});

test("refused, it is told when those after it are over too, each by itself", async () => {
  for (const { id } of fake.examples)
    fake.plan(`DELETE /api/example/${id}`, failure(500, "internal"));
  const { result } = render();
  act(() => result.current.remove(example("one")));
  await pass(0);
  act(() => result.current.remove(example("two")));
  await pass(0);
  expect([...result.current.hidden]).toEqual([example("two").id]);
  await pass(UNDO_TIME);
  expect(result.current.problem?.example.name).toBe("one");
  act(() => result.current.dismissProblem());
  await pass(0);
  expect(result.current.problem?.example.name).toBe("two");
  act(() => result.current.remove(example("two")));
  await pass(0);
  expect(result.current.problem).toBeNull();
});

test("refused, it is told whatever became of those before and after it", async () => {
  const two = example("two");
  fake.plan(`DELETE /api/example/${two.id}`, failure(500, "internal"));
  const { result } = render();
  act(() => result.current.remove(example("one")));
  await pass(UNDO_TIME);
  act(() => result.current.remove(two));
  await pass(UNDO_TIME);
  expect(result.current.problem?.example.name).toBe("two");
  const [three] = fake.with("three").examples as [Example];
  act(() => result.current.remove(three));
  await pass(UNDO_TIME);
  expect(result.current.problem?.example.name).toBe("two");
  expect(stored()).toEqual(["two"]);
});

describe("whose user", () => {
  const grace = { ...ada, userId: "5b0f1f0e-0000-5000-8000-000000000002" };
  const answers = [Response.json({ data: { id: "1" } }), failure(500, "internal")] as const;

  /** Ada deletes "one", whose request is under way or, without an answer, not sent yet. */
  async function deleting(answer?: Response | "unreachable") {
    fake.config = { ...fake.config, authProvider: "magic_link" };
    fake.user = ada;
    const one = example("one");
    let release = () => {};
    const held = new Promise<Response>((resolve) => {
      release = () => resolve(answer as Response);
    });
    fake.plan(`DELETE /api/example/${one.id}`, answer === "unreachable" ? answer : held);
    const { result } = renderInApp(fake, () => ({
      me: useMe(),
      deletion: useUndoableDelete(),
      signOut: useSignOut(),
      client: useQueryClient(),
      loss: useLoss(),
    }));
    const { mutations } = result.current.client.getDefaultOptions();
    result.current.client.setDefaultOptions({ mutations: { ...mutations, retryDelay: 60_000 } });
    await pass(0);
    act(() => result.current.deletion.remove(one));
    if (answer !== undefined) await pass(UNDO_TIME);
    const become = (user: User | null) => {
      act(() => void result.current.client.setQueryData(keys.me, user));
      return pass(0);
    };
    const end = () => {
      release();
      return pass(0);
    };
    return { result, one, release: end, become };
  }
  const logouts = () => fake.sent("POST /api/auth/logout");

  test("signs out is waited for while it is under way", async () => {
    const { result, release } = await deleting(answers[0].clone());
    act(() => result.current.signOut.mutate("here"));
    await pass(1_000);
    expect(logouts()).toEqual([]);
    await release();
    expect(result.current.me.data).toBeNull();
    expect(logouts()).toHaveLength(1);
  });

  test("signs out is told that it failed, and stays until they insist", async () => {
    const { result, release } = await deleting(answers[1].clone());
    act(() => result.current.signOut.mutate("here"));
    await release();
    expect(result.current.signOut.error?.message).toMatch(/^one could not be deleted\. /);
    expect(logouts()).toEqual([]);
    act(() => result.current.signOut.mutate("here"));
    await pass(0);
    expect(result.current.me.data).toBeNull();
    expect(result.current.deletion.problem).toBeNull();
  });

  test("signs out is told of what failed before, once", async () => {
    const { result, release } = await deleting(answers[1].clone());
    await release();
    act(() => result.current.signOut.mutate("here"));
    await pass(0);
    expect(result.current.signOut.error?.message).toMatch(/^one could not be deleted\. /);
    act(() => result.current.signOut.mutate("here"));
    await pass(0);
    expect(result.current.me.data).toBeNull();
  });

  test("went and came back finds everything as it was, and nothing is sent", async () => {
    const { result, become, one } = await deleting();
    await become(null);
    await become(ada);
    expect(result.current.deletion.hidden).not.toContain(one.id);
    act(() => result.current.deletion.flush());
    await pass(0);
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("went is told that it came to nothing", async () => {
    const { result, become } = await deleting();
    await become(null);
    expect(result.current.loss).toMatch(/^Your session has ended\./);
  });

  test("went is told the same when it was to be sent just then", async () => {
    const { result } = await deleting();
    act(() => {
      result.current.client.setQueryData(keys.me, null);
      result.current.deletion.flush();
    });
    await pass(0);
    expect(result.current.loss).toMatch(/^Your session has ended\./);
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("went meanwhile holds up no sign-out", async () => {
    const { result, become } = await deleting("unreachable");
    act(() => result.current.signOut.mutate("here"));
    await pass(0);
    await become(null);
    await pass(60_000);
    expect(result.current.signOut.isPending).toBe(false);
  });

  test("changes is shown to nobody else, before it is sent", async () => {
    const { result, become, one } = await deleting();
    await become(grace);
    expect(result.current.deletion.pending).toBeNull();
    expect(result.current.deletion.hidden).not.toContain(one.id);
    expect(result.current.loss).toBeNull();
    act(() => result.current.deletion.flush());
    await pass(0);
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("changes is shown to nobody else, while it is under way", async () => {
    const { result, become, release } = await deleting(answers[1].clone());
    await become(grace);
    await release();
    expect(result.current.deletion.problem).toBeNull();
  });

  test("changes is shown to nobody else, after it was refused", async () => {
    const { result, become, release } = await deleting(answers[1].clone());
    await release();
    expect(result.current.deletion.problem?.example.name).toBe("one");
    await become(grace);
    expect(result.current.deletion.problem).toBeNull();
  });
});
