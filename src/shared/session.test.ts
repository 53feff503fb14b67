import { focusManager, useQueryClient } from "@tanstack/react-query";
import { act, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { useCreateExample, useExamples, useRenameExample } from "./examples.ts";
import { keys, setNobody, useLoss } from "./query-client.ts";
import { type KeepToken, useConfig, useMe, useSignOut, useVerifyLink } from "./session.ts";
import { ada, FakeApi, failure } from "./testing/fake-api.ts";
import { renderInApp } from "./testing/render.tsx";
import type { Example } from "./types.ts";
import { useUndoableDelete } from "./undoable-delete.ts";

afterEach(() => {
  focusManager.setFocused(undefined);
  vi.useRealTimers();
});

function signedIn() {
  const fake = new FakeApi().with("mine");
  fake.config = { ...fake.config, authProvider: "magic_link" };
  fake.user = ada;
  return fake;
}

/** An answer that waits for its word. */
function held(answer: () => Response) {
  let release = () => {};
  const waiting = new Promise<Response>((resolve) => {
    release = () => resolve(answer());
  });
  return [waiting, () => act(release)] as const;
}

const writesOf = (fake: FakeApi) =>
  fake.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, url }) => `${method} ${new URL(url).pathname}`);

function render(fake: FakeApi, keepToken: KeepToken = () => {}) {
  return renderInApp(fake, () => {
    const me = useMe();
    return {
      me,
      list: useExamples(),
      creation: useCreateExample(),
      renaming: useRenameExample(),
      deletion: useUndoableDelete(),
      signOut: useSignOut({ keepToken }),
      verification: useVerifyLink(keepToken),
      client: useQueryClient(),
      loss: useLoss(),
    };
  }).result;
}

test("the public configuration is asked for once, however long ago that was", async () => {
  vi.useFakeTimers();
  const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
  const fake = new FakeApi();
  const { result } = renderInApp(fake, useConfig);
  await pass(60 * 60_000);
  expect(result.current.data?.tenant).toBe("acme");
  for (const isFocused of [false, true]) act(() => focusManager.setFocused(isFocused));
  await pass(60_000);
  expect(fake.sent("GET /api/config")).toHaveLength(1);
});

test("nobody signed in is an answer, no failure", async () => {
  const result = render(new FakeApi());
  await waitFor(() => expect(result.current.me.data).toBeNull());
});

test("a link's token makes its user known at once", async () => {
  const fake = new FakeApi();
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toBeNull());
  act(() => result.current.verification.mutate("token"));
  await waitFor(() => expect(result.current.me.data?.email).toBe("ada@example.com"));
});

test("a link that is pressed twice at once is used once, and again after a failure", async () => {
  const fake = new FakeApi().plan("POST /api/auth/verify", failure(401, "unauthenticated"));
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toBeNull());
  const press = () => result.current.verification.mutate("token");
  act(press);
  await waitFor(() => expect(result.current.verification.isError).toBe(true));
  act(() => {
    press();
    press();
  });
  await waitFor(() => expect(result.current.me.data?.email).toBe("ada@example.com"));
  expect(result.current.verification.isSuccess).toBe(true);
  expect(fake.sent("POST /api/auth/verify")).toHaveLength(2);
});

test("a session that ended elsewhere is noticed by the first request that meets it", async () => {
  const fake = signedIn();
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toEqual(ada));
  fake.user = null;
  act(() => void result.current.list.refetch());
  await waitFor(() => expect(result.current.me.data).toBeNull());
  expect(result.current.loss).toBeNull();
});

test("a session that ended with something unsent tells of the loss, until somebody signs in", async () => {
  const fake = signedIn();
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toEqual(ada));
  const [late] = held(() => failure(500, "internal"));
  fake.plan("POST /api/example", late);
  act(() => result.current.creation.create("new"));
  await act(() => setNobody(result.current.client));
  await waitFor(() => expect(result.current.loss).toMatch(/^Your session has ended\./));
  await act(() => result.current.verification.mutateAsync("token"));
  await waitFor(() => expect(result.current.loss).toBeNull());
  act(() => result.current.signOut.mutate("here"));
  await waitFor(() => expect(result.current.me.data).toBeNull());
  expect(result.current.loss).toBeNull();
});

test("the loss is told however long after it somebody looks", async () => {
  vi.useFakeTimers();
  const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
  const fake = signedIn().plan("POST /api/example", new Promise(() => {}));
  const { result } = renderInApp(fake, () => ({
    me: useMe(),
    creation: useCreateExample(),
    client: useQueryClient(),
  }));
  await pass(100);
  act(() => result.current.creation.create("new"));
  await act(() => setNobody(result.current.client));
  await pass(60 * 60_000);
  expect(result.current.client.getQueryData(keys.loss)).toMatch(/^Your session has ended\./);
});

test.each([
  ["here", "/api/auth/logout"],
  ["everywhere", "/api/auth/logout-everywhere"],
] as const)("signing out %s ends it and drops what was loaded", async (where, path) => {
  const fake = signedIn();
  const result = render(fake);
  await waitFor(() => expect(result.current.list.data).toHaveLength(1));
  act(() => result.current.signOut.mutate(where));
  await waitFor(() => expect(result.current.me.data).toBeNull());
  expect(fake.sent(`POST ${path}`)).toHaveLength(1);
  expect(result.current.client.getQueryData(keys.examples)).toBeUndefined();
});

test("signing out of a session that has ended already succeeds", async () => {
  const fake = new FakeApi().plan("POST /api/auth/logout", failure(401, "unauthenticated"));
  const result = render(fake);
  act(() => result.current.signOut.mutate("here"));
  await waitFor(() => expect(result.current.signOut.isSuccess).toBe(true));
});

test("signing out that fails leaves the user signed in", async () => {
  const fake = signedIn().plan("POST /api/auth/logout", failure(500, "internal"));
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toEqual(ada));
  act(() => result.current.signOut.mutate("here"));
  await waitFor(() => expect(result.current.signOut.isError).toBe(true));
  expect(result.current.me.data).toEqual(ada);
});

describe("an answer to who is here that was asked for before does not undo", () => {
  const renderLeaving = (fake: FakeApi) =>
    renderInApp(fake, () => ({ me: useMe(), signOut: useSignOut(), client: useQueryClient() }))
      .result;
  type Rendered = ReturnType<typeof renderLeaving>;

  test.each([
    ["a sign-out", ({ current }: Rendered) => current.signOut.mutateAsync("here")],
    ["a sign-out elsewhere", ({ current }: Rendered) => setNobody(current.client)],
  ])("%s", async (_, leave) => {
    const fake = signedIn();
    const result = renderLeaving(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const [late, arrive] = held(() => Response.json({ data: ada }));
    fake.plan("GET /api/me", late);
    act(() => void result.current.me.refetch());
    await waitFor(() => expect(fake.sent("GET /api/me")).toHaveLength(2));
    await act(async () => void (await leave(result)));
    arrive();
    await waitFor(() => expect(result.current.me.fetchStatus).toBe("idle"));
    expect(result.current.me.data).toBeNull();
  });
});

describe("signing out while something is written", () => {
  const elsewhere = { name: "theirs", version: 9 };
  test.each([
    [
      "a creation that is refused",
      "POST",
      () => failure(500, "internal"),
      /^new could not be saved/,
    ],
    [
      "a rename that is refused",
      "PATCH",
      () => failure(500, "internal"),
      /^new could not be saved/,
    ],
    [
      "a rename that meets another",
      "PATCH",
      () => failure(412, "precondition_failed"),
      /now theirs$/,
    ],
    ["a rename of what is gone", "PATCH", () => failure(404, "not_found"), /was deleted elsewhere/],
  ])("tells of %s, and stays until they insist", async (_, method, refuse, said) => {
    const fake = signedIn();
    const [mine] = fake.examples as [Example];
    const route = method === "POST" ? "POST /api/example" : `PATCH /api/example/${mine.id}`;
    let answer = () => {};
    const held = new Promise<Response>((resolve) => {
      answer = () => resolve(refuse());
    });
    fake.plan(route, held);
    fake.plan(`GET /api/example/${mine.id}`, Response.json({ data: { ...mine, ...elsewhere } }));
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { creation, renaming, signOut } = result.current;
    act(() =>
      method === "POST"
        ? creation.create("new", () => {})
        : renaming.mutate({ example: mine, name: "new" }),
    );
    await waitFor(() => expect(fake.sent(route)).toHaveLength(1));
    act(() => signOut.mutate("here"));
    act(answer);
    await waitFor(() => expect(result.current.signOut.error?.message).toMatch(said));
    expect(fake.sent("POST /api/auth/logout")).toEqual([]);
    act(() => signOut.mutate("here"));
    await waitFor(() => expect(result.current.me.data).toBeNull());
  });

  test("waits for what is written meanwhile as well, and sends it before", async () => {
    const fake = signedIn().with("doomed");
    const [doomed, mine] = fake.examples as [Example, Example];
    const [answer, release] = held(() => Response.json({ data: { ...mine, name: "new" } }));
    fake.plan(`PATCH /api/example/${mine.id}`, answer);
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { renaming, signOut, deletion } = result.current;
    act(() => renaming.mutate({ example: mine, name: "new" }));
    await act(async () => signOut.mutate("here"));
    act(() => deletion.remove(doomed));
    const [deleted, end] = held(() => Response.json({ data: { id: doomed.id } }));
    fake.plan(`DELETE /api/example/${doomed.id}`, deleted);
    release();
    await waitFor(() => expect(writesOf(fake)).toHaveLength(2));
    expect(fake.sent("POST /api/auth/logout")).toEqual([]);
    end();
    await waitFor(() => expect(result.current.me.data).toBeNull());
    expect(writesOf(fake)).toEqual([
      `PATCH /api/example/${mine.id}`,
      `DELETE /api/example/${doomed.id}`,
      "POST /api/auth/logout",
    ]);
  });

  test("tells of all that was refused, also of what was written meanwhile", async () => {
    const fake = signedIn().with("doomed");
    const [doomed, mine] = fake.examples as [Example, Example];
    const refuse = () => failure(500, "internal");
    const [answer, release] = held(refuse);
    fake.plan(`PATCH /api/example/${mine.id}`, answer);
    fake.plan(`DELETE /api/example/${doomed.id}`, refuse());
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { renaming, signOut, deletion } = result.current;
    act(() => renaming.mutate({ example: mine, name: "new" }));
    await act(async () => signOut.mutate("here"));
    act(() => deletion.remove(doomed));
    release();
    await waitFor(() =>
      expect(result.current.signOut.error?.message).toBe(
        "new could not be saved. Failed: internal; doomed could not be deleted. Failed: internal",
      ),
    );
  });

  test("waits for every resource of the user, and tells of what was refused there", async () => {
    const fake = signedIn();
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { client, signOut } = result.current;
    let refuse = () => {};
    const answer = new Promise<never>((_, reject) => {
      refuse = () => reject(new Error("Too many projects."));
    });
    const options = { mutationKey: [...keys.users, "projects"], mutationFn: () => answer };
    const write = client.getMutationCache().build(client, options);
    act(() => void write.execute(undefined).catch(() => {}));
    act(() => signOut.mutate("here"));
    await act(async () => refuse());
    await waitFor(() => expect(result.current.signOut.error?.message).toMatch(/Too many projects/));
    expect(fake.sent("POST /api/auth/logout")).toEqual([]);
  });
});

describe("a change of user", () => {
  const grace = { ...ada, userId: "5b0f1f0e-0000-5000-8000-000000000002" };
  /** Ada's create has failed once, and waits for the page to be looked at again. */
  async function waiting(keepToken?: KeepToken) {
    const fake = signedIn().plan("POST /api/example", "unreachable");
    const result = render(fake, keepToken);
    await waitFor(() => expect(result.current.list.data).toHaveLength(1));
    act(() => focusManager.setFocused(false));
    act(() => result.current.creation.create("of Ada", () => {}));
    await waitFor(() => expect(result.current.creation.isPaused).toBe(true));
    return { fake, result };
  }

  test("by a sign-out here waits for a write that waits", async () => {
    const { fake, result } = await waiting();
    act(() => result.current.signOut.mutate("here"));
    act(() => focusManager.setFocused(true));
    await waitFor(() => expect(result.current.me.data).toBeNull());
    const writes = fake.requests.filter(({ method }) => method !== "GET");
    const routes = writes.map(({ url }) => new URL(url).pathname);
    expect(routes).toEqual(["/api/example", "/api/example", "/api/auth/logout"]);
    expect(fake.examples).toHaveLength(2);
  });

  test("leaves a write that waits unsent when it happened in another tab", async () => {
    const { fake, result } = await waiting();
    fake.user = grace;
    act(() => focusManager.setFocused(true));
    await waitFor(() => expect(result.current.me.data).toEqual(grace));
    expect(result.current.client.isMutating()).toBe(0);
    expect(fake.sent("POST /api/example")).toHaveLength(1);
  });

  test("by a link ends the sign-out of the one before, which still waited for a write", async () => {
    const [answer] = held(() => failure(500, "internal"));
    const fake = signedIn().plan("POST /api/example", answer);
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { creation, signOut, verification } = result.current;
    act(() => creation.create("of Ada", () => {}));
    await waitFor(() => expect(fake.sent("POST /api/example")).toHaveLength(1));
    act(() => signOut.mutate("everywhere"));
    fake.plan("POST /api/auth/verify", Response.json({ data: { token: "t", user: grace } }));
    fake.user = grace;
    await act(() => verification.mutateAsync("token"));
    expect(result.current.me.data).toEqual(grace);
    expect(writesOf(fake)).toEqual(["POST /api/example", "POST /api/auth/verify"]);
  });

  test("ends the sign-out of the one before, which waited for another try", async () => {
    const fake = signedIn().plan("POST /api/auth/logout-everywhere", failure(503, "unavailable"));
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    act(() => focusManager.setFocused(false));
    act(() => result.current.signOut.mutate("everywhere"));
    await waitFor(() => expect(result.current.signOut.isPaused).toBe(true));
    fake.user = grace;
    act(() => focusManager.setFocused(true));
    await waitFor(() => expect(result.current.me.data).toEqual(grace));
    await waitFor(() => expect(result.current.list.isFetching).toBe(false));
    expect(fake.sent("POST /api/auth/logout-everywhere")).toHaveLength(1);
    expect(result.current.me.data).toEqual(grace);
  });

  test("is not undone by the answer to the sign-out of the one before", async () => {
    const [late, arrive] = held(() => Response.json({ data: { everywhere: false } }));
    const fake = signedIn().plan("POST /api/auth/logout", late);
    const keepToken = vi.fn();
    const result = render(fake, keepToken);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { client, signOut } = result.current;
    act(() => signOut.mutate("here"));
    await waitFor(() => expect(fake.sent("POST /api/auth/logout")).toHaveLength(1));
    const [leaving] = client.getMutationCache().getAll();
    fake.user = grace;
    await act(() => client.refetchQueries({ queryKey: keys.me }));
    arrive();
    await waitFor(() => expect(leaving?.state.status).not.toBe("pending"));
    expect(result.current.me.data).toEqual(grace);
    expect(keepToken).not.toHaveBeenCalled();
  });

  test("by a link ends what waits before anything is sent with the new token", async () => {
    const waitingThen: number[] = [];
    const { result } = await waiting(() => waitingThen.push(writes()));
    const writes = () => result.current.client.isMutating({ mutationKey: keys.examples });
    expect(writes()).toBe(1);
    await act(() => result.current.verification.mutateAsync("token"));
    expect(waitingThen).toEqual([0]);
  });

  test("leaves the same user's write alone, which goes on once that is known", async () => {
    const { fake, result } = await waiting();
    act(() => focusManager.setFocused(true));
    await waitFor(() => expect(result.current.creation.status).toBe("success"));
    const routes = fake.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
    expect(routes.slice(-2)).toEqual(["GET /api/me", "POST /api/example"]);
  });

  test("leaves a write unsent while that is not known, which is asked until it is", async () => {
    const { fake, result } = await waiting();
    vi.useFakeTimers();
    const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
    const failures = Array.from({ length: 3 }, () => failure(500, "internal"));
    fake.plan("GET /api/me", ...failures);
    act(() => focusManager.setFocused(true));
    await pass(8_000);
    expect(result.current.me.isError).toBe(true);
    expect(fake.sent("POST /api/example")).toHaveLength(1);
    await pass(9_000);
    expect(result.current.creation.status).toBe("success");
    expect(fake.sent("POST /api/example")).toHaveLength(2);
    const asked = fake.sent("GET /api/me").length;
    await pass(60_000);
    expect(fake.sent("GET /api/me")).toHaveLength(asked);
  });

  test("ends a write between two attempts", async () => {
    vi.useFakeTimers();
    const pass = (time: number) => act(() => vi.advanceTimersByTimeAsync(time));
    const fake = signedIn().plan("POST /api/example", "unreachable");
    const result = render(fake);
    const { client } = result.current;
    client.setDefaultOptions({ mutations: { retry: 5, retryDelay: 1_000 } });
    await pass(100);
    act(() => result.current.creation.create("of Ada", () => {}));
    await pass(100);
    expect(result.current.creation.failureCount).toBe(1);
    fake.user = grace;
    await act(() => client.refetchQueries({ queryKey: keys.me }));
    await pass(10_000);
    expect(fake.sent("POST /api/example")).toHaveLength(1);
  });

  test("keeps the answer to a write of the one out of the other's list", async () => {
    let arrive = () => {};
    const late = new Promise<Response>((resolve) => {
      arrive = () =>
        resolve(Response.json({ data: { ...example, name: "of Ada" } }, { status: 201 }));
    });
    const fake = signedIn().plan("POST /api/example", late);
    const [example] = fake.examples;
    const result = render(fake);
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const { creation, client } = result.current;
    act(() => creation.create("of Ada", () => {}));
    await waitFor(() => expect(fake.sent("POST /api/example")).toHaveLength(1));
    const [write] = client.getMutationCache().findAll({ mutationKey: keys.examples });
    fake.user = grace;
    fake.examples = [];
    await act(() => client.refetchQueries({ queryKey: keys.me }));
    // Shown anew: whatever a form puts back into its write at that is there.
    await waitFor(() => expect(result.current.me.data).toEqual(grace));
    client.setQueryData(keys.examples, { pages: [{ data: [], page: {} }], pageParams: [null] });
    arrive();
    await waitFor(() => expect(write?.state.status).not.toBe("pending"));
    expect(client.getQueryData(keys.examples)).toMatchObject({ pages: [{ data: [] }] });
  });

  test.each([
    ["nobody", null],
    ["somebody else", grace],
  ])("to %s forgets what was loaded, whoever finds it out", async (_, next) => {
    const fake = signedIn();
    const result = render(fake);
    await waitFor(() => expect(result.current.list.data).toHaveLength(1));
    await waitFor(() => expect(result.current.me.data).toEqual(ada));
    const forgotten = vi.fn();
    result.current.client.getQueryCache().subscribe(({ type, query }) => {
      if (type === "removed" && query.queryKey === keys.examples) forgotten();
    });
    fake.user = next;
    await act(() => result.current.client.refetchQueries({ queryKey: keys.me }));
    expect(forgotten).toHaveBeenCalledOnce();
  });

  test("forgets what is a user's of whatever resource, and nothing else", async () => {
    const fake = signedIn();
    const { client } = render(fake).current;
    await waitFor(() => expect(client.getQueryData(keys.me)).toEqual(ada));
    const projects = [...keys.users, "projects"];
    client.setQueryData(projects, ["of Ada"]);
    client.setQueryData(["colours"], ["blue"]);
    const write = client.getMutationCache().build(client, { mutationKey: projects });
    fake.user = grace;
    await act(() => client.refetchQueries({ queryKey: keys.me }));
    expect(client.getQueryData(projects)).toBeUndefined();
    expect(client.getMutationCache().getAll()).not.toContain(write);
    expect(client.getQueryData(["colours"])).toEqual(["blue"]);
  });
});
