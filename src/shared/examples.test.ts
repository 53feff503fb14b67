import { onlineManager, useQueryClient } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { useCreateExample, useDeleteExample, useExamples, useRenameExample } from "./examples.ts";
import { appAround } from "./testing/app-around.tsx";
import { FakeApi, failure } from "./testing/fake-api.ts";
import { renderInApp } from "./testing/render.tsx";
import type { Example } from "./types.ts";

afterEach(() => {
  onlineManager.setOnline(true);
  vi.useRealTimers();
});

const unavailable = () => failure(503, "unavailable", { headers: { "retry-after": "0" } });

/** The list with everything that changes it, as a screen has them. */
async function render(fake: FakeApi) {
  const { result } = renderInApp(fake, () => ({
    list: useExamples(),
    creation: useCreateExample(),
    renaming: useRenameExample(),
    deletion: useDeleteExample(),
  }));
  await waitFor(() => expect(result.current.list.isSuccess).toBe(true));
  const names = () => result.current.list.data?.map(({ name }) => name);
  const example = (name: string) =>
    result.current.list.data?.find((each) => each.name === name) as Example;
  return { result, names, example };
}

test("pages follow each other without a gap or a double", async () => {
  const fake = new FakeApi().with("a", "b", "c", "d", "e");
  fake.pageSize = 2;
  const { result, names } = await render(fake);
  expect(names()).toEqual(["e", "d"]);
  await act(() => result.current.list.fetchNextPage());
  await act(() => result.current.list.fetchNextPage());
  await waitFor(() => expect(names()).toEqual(["e", "d", "c", "b", "a"]));
  expect(result.current.list.hasNextPage).toBe(false);
});

describe("creating", () => {
  const keysOf = (fake: FakeApi) =>
    fake.sent("POST /api/example").map(({ headers }) => headers.get("idempotency-key"));

  async function create(name: string, fake: FakeApi) {
    const rendered = await render(fake);
    act(() => rendered.result.current.creation.create(name, () => {}));
    await waitFor(() => expect(rendered.result.current.creation.status).toMatch(/success|error/));
    return rendered;
  }

  test("puts the new one on top without asking for the list again", async () => {
    const fake = new FakeApi().with("old");
    const { names } = await create("new", fake);
    await waitFor(() => expect(names()).toEqual(["new", "old"]));
    expect(fake.sent("GET /api/example")).toHaveLength(1);
  });

  test("puts it on the first page alone", async () => {
    const fake = new FakeApi().with("a", "b", "c");
    fake.pageSize = 2;
    const { result, names } = await render(fake);
    expect(names()).toEqual(["c", "b"]);
    await act(() => result.current.list.fetchNextPage());
    await waitFor(() => expect(names()).toEqual(["c", "b", "a"]));
    act(() => result.current.creation.create("new"));
    await waitFor(() => expect(names()).toEqual(["new", "c", "b", "a"]));
  });

  test("makes one example when answers get lost on the way, all attempts having one key", async () => {
    const fake = new FakeApi().plan(
      "POST /api/example",
      "unreachable",
      "answer lost",
      unavailable(),
      "answer lost",
    );
    const { names } = await create("once", fake);
    await waitFor(() => expect(names()).toEqual(["once"]));
    expect(fake.examples).toHaveLength(1);
    expect(keysOf(fake)).toHaveLength(5);
    expect(new Set(keysOf(fake)).size).toBe(1);
  });

  test("makes one example when it is asked for again before anybody is shown that it is on its way", async () => {
    const fake = new FakeApi().with("once");
    let arrive = () => {};
    const late = new Promise<Response>((resolve) => {
      arrive = () => resolve(Response.json({ data: fake.examples[0] }, { status: 201 }));
    });
    fake.plan("POST /api/example", late);
    const { result } = await render(fake);
    const { create } = result.current.creation;
    act(() => create("once"));
    await waitFor(() => expect(fake.sent("POST /api/example")).toHaveLength(1));
    act(() => create("once"));
    act(arrive);
    await waitFor(() => expect(result.current.creation.status).toBe("success"));
    expect(fake.sent("POST /api/example")).toHaveLength(1);
  });

  test("keeps the key when the same name is sent again after every attempt failed", async () => {
    const turns = Array.from({ length: 6 }, () => "answer lost" as const);
    const fake = new FakeApi().plan("POST /api/example", ...turns);
    const { result, names } = await create("once", fake);
    expect(result.current.creation.status).toBe("error");
    act(() => result.current.creation.create("once", () => {}));
    await waitFor(() => expect(names()).toEqual(["once"]));
    expect(fake.examples).toHaveLength(1);
  });

  describe("a day after its answer was lost", () => {
    const DAY = 24 * 60 * 60_000;
    const aDayLater = () => vi.spyOn(Date, "now").mockReturnValue(Date.now() + DAY);

    test("asks whether it is there instead of sending it, and then takes a new key", async () => {
      const turns = Array.from({ length: 6 }, () => "answer lost" as const);
      const fake = new FakeApi().plan("POST /api/example", ...turns);
      const { result } = await create("once", fake);
      aDayLater();
      act(() => result.current.creation.create("once", () => {}));
      await waitFor(() =>
        expect(result.current.creation.error?.message).toMatch(/not in the list/),
      );
      expect(keysOf(fake)).toHaveLength(6);
      act(() => result.current.creation.create("once", () => {}));
      await waitFor(() => expect(result.current.creation.status).toBe("success"));
      expect(new Set(keysOf(fake)).size).toBe(2);
    });

    test("does not ask where it was never sent", async () => {
      const fake = new FakeApi();
      const { result, names } = await render(fake);
      act(() => onlineManager.setOnline(false));
      act(() => result.current.creation.create("new", () => {}));
      aDayLater();
      act(() => onlineManager.setOnline(true));
      await waitFor(() => expect(names()).toEqual(["new"]));
    });
  });

  test("is the same one an hour after it failed, though its form has gone", async () => {
    vi.useFakeTimers();
    const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
    const turns = Array.from({ length: 6 }, () => "answer lost" as const);
    const fake = new FakeApi().plan("POST /api/example", ...turns);
    const wrapper = appAround(fake);
    const first = renderHook(() => useCreateExample(), { wrapper });
    act(() => first.result.current.create("once", () => {}));
    await pass(1_000);
    expect(first.result.current.status).toBe("error");
    first.unmount();
    await pass(60 * 60_000);
    const { result } = renderHook(() => useCreateExample(), { wrapper });
    expect(result.current.name).toBe("once");
    act(() => result.current.create("once", () => {}));
    await pass(1_000);
    expect(result.current.status).toBe("success");
    expect(fake.examples).toHaveLength(1);
  });

  test("shows it once when the list brought it before its own answer did", async () => {
    const turns = Array.from({ length: 6 }, () => "answer lost" as const);
    const fake = new FakeApi().plan("POST /api/example", ...turns);
    const { result, names } = await create("once", fake);
    act(() => void result.current.list.refetch());
    await waitFor(() => expect(names()).toEqual(["once"]));
    act(() => result.current.creation.create("once", () => {}));
    await waitFor(() => expect(result.current.creation.status).toBe("success"));
    expect(names()).toEqual(["once"]);
  });

  test("takes a new key for another name, and for the same name once it was stored", async () => {
    const fake = new FakeApi().plan("POST /api/example", failure(400, "invalid_input"));
    const { result, names } = await create("first", fake);
    for (const name of ["second", "second"]) {
      const before = names()?.length ?? 0;
      act(() => result.current.creation.create(name, () => {}));
      await waitFor(() => expect(names()).toHaveLength(before + 1));
    }
    expect(new Set(keysOf(fake)).size).toBe(3);
  });

  test("keeps no more than the last one in memory", async () => {
    const { result } = renderInApp(new FakeApi(), () => ({
      creation: useCreateExample(),
      writes: useQueryClient().getMutationCache(),
    }));
    for (const name of ["first", "second"]) {
      act(() => result.current.creation.create(name));
      await waitFor(() =>
        expect(result.current.creation).toMatchObject({ name, status: "success" }),
      );
    }
    expect(result.current.writes.getAll()).toHaveLength(1);
  });

  test("wins over a first list that was read before it and arrives after it", async () => {
    const fake = new FakeApi();
    const stale = await fake.fetch(new Request("http://acme.localhost/api/example"));
    let arrive = () => {};
    const late = new Promise<Response>((resolve) => {
      arrive = () => resolve(stale);
    });
    fake.plan("GET /api/example", late);
    const { result } = renderInApp(fake, () => ({
      list: useExamples(),
      creation: useCreateExample(),
    }));
    act(() => result.current.creation.create("new", () => {}));
    await waitFor(() => expect(result.current.creation.status).toBe("success"));
    act(arrive);
    await waitFor(() => expect(result.current.list.isFetched).toBe(true));
    expect(result.current.list.data?.map(({ name }) => name)).toEqual(["new"]);
  });

  test("wins over a list that was read before it and arrives after it", async () => {
    const fake = new FakeApi().with("old");
    const { result, names } = await render(fake);
    const stale = await fake.fetch(new Request("http://acme.localhost/api/example"));
    let arrive = () => {};
    const late = new Promise<Response>((resolve) => {
      arrive = () => resolve(stale);
    });
    fake.plan("GET /api/example", late);
    act(() => void result.current.list.refetch());
    await waitFor(() => expect(fake.sent("GET /api/example")).toHaveLength(3));
    act(() => result.current.creation.create("new", () => {}));
    await waitFor(() => expect(result.current.creation.status).toBe("success"));
    act(arrive);
    await waitFor(() => expect(result.current.list.isFetching).toBe(false));
    expect(names()).toEqual(["new", "old"]);
  });
});

describe("renaming", () => {
  async function rename(fake: FakeApi, meanwhile: (id: string) => void = () => {}) {
    const rendered = await render(fake);
    const example = rendered.example("old");
    meanwhile(example.id);
    let outcome: unknown;
    await act(async () => {
      outcome = await rendered.result.current.renaming
        .mutateAsync({ example, name: "mine" })
        .catch((error) => error);
    });
    return { ...rendered, outcome };
  }

  test("sends the version that the reader saw and shows the new one", async () => {
    const fake = new FakeApi().with("old");
    const { names, outcome } = await rename(fake);
    expect(outcome).toMatchObject({ kind: "saved", example: { name: "mine", version: 2 } });
    expect(names()).toEqual(["mine"]);
    const [request] = fake.requests.filter(({ method }) => method === "PATCH");
    expect(request?.headers.get("if-match")).toBe('"1"');
  });

  test("meets a change from elsewhere: nothing is written, both values are told", async () => {
    const fake = new FakeApi().with("old");
    const { names, outcome } = await rename(fake, (id) => fake.rename(id, "theirs"));
    expect(outcome).toMatchObject({ kind: "conflict", current: { name: "theirs", version: 2 } });
    expect(fake.examples[0]?.name).toBe("theirs");
    await waitFor(() => expect(names()).toEqual(["theirs"]));
  });

  test("is no conflict when it was its own first attempt that changed it", async () => {
    const fake = new FakeApi().with("old");
    const { outcome } = await rename(fake, (id) => {
      fake.plan(`PATCH /api/example/${id}`, "answer lost");
    });
    expect(outcome).toMatchObject({ kind: "saved", example: { name: "mine", version: 2 } });
  });

  test("meets a deletion: the row stays until its reader has seen that", async () => {
    const fake = new FakeApi().with("old");
    const { names, outcome } = await rename(fake, (id) => fake.remove(id));
    expect(outcome).toEqual({ kind: "gone" });
    expect(names()).toEqual(["old"]);
  });

  test("fails as the server says when it is no conflict", async () => {
    const fake = new FakeApi().with("old");
    const { outcome } = await rename(fake, (id) => {
      const fields = { name: "Too long." };
      fake.plan(`PATCH /api/example/${id}`, failure(400, "invalid_input", { fields }));
    });
    expect(outcome).toMatchObject({ status: 400, fields: { name: "Too long." } });
  });
});

describe("deleting", () => {
  async function remove(fake: FakeApi, meanwhile: (id: string) => void = () => {}) {
    const rendered = await render(fake);
    const example = rendered.example("old");
    meanwhile(example.id);
    let outcome: unknown;
    await act(async () => {
      outcome = await rendered.result.current.deletion.mutateAsync(example);
    });
    return { ...rendered, outcome };
  }

  test("sends the version that the reader saw, and can outlive the page", async () => {
    const fake = new FakeApi().with("old", "other");
    const { names, outcome } = await remove(fake);
    expect(outcome).toEqual({ kind: "deleted" });
    expect(names()).toEqual(["other"]);
    const [request] = fake.requests.filter(({ method }) => method === "DELETE");
    expect(request?.headers.get("if-match")).toBe('"1"');
    expect(request?.keepalive).toBe(true);
  });

  test("has succeeded when its first answer got lost, or somebody else was faster", async () => {
    const lost = new FakeApi().with("old");
    const first = await remove(lost, (id) => {
      lost.plan(`DELETE /api/example/${id}`, "answer lost");
    });
    expect(first.outcome).toEqual({ kind: "deleted" });
    const beaten = new FakeApi().with("old");
    const second = await remove(beaten, (id) => beaten.remove(id));
    expect(second.outcome).toEqual({ kind: "deleted" });
  });

  test("leaves alone what was changed since the reader saw it", async () => {
    const fake = new FakeApi().with("old");
    const { names, outcome } = await remove(fake, (id) => fake.rename(id, "theirs"));
    expect(outcome).toMatchObject({ kind: "conflict", current: { name: "theirs" } });
    expect(fake.examples).toHaveLength(1);
    await waitFor(() => expect(names()).toEqual(["theirs"]));
  });
});
