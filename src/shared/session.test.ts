import { useQueryClient } from "@tanstack/react-query";
import { act, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { useExamples } from "./examples.ts";
import { keys } from "./query-client.ts";
import { useConfig, useMe, useSignOut, useVerifyLink } from "./session.ts";
import { ada, FakeApi, failure } from "./testing/fake-api.ts";
import { renderInApp } from "./testing/render.tsx";

function signedIn() {
  const fake = new FakeApi().with("mine");
  fake.config = { ...fake.config, authProvider: "magic_link" };
  fake.user = ada;
  return fake;
}

function render(fake: FakeApi) {
  return renderInApp(fake, () => {
    const me = useMe({ enabled: true });
    return {
      me,
      list: useExamples(),
      signOut: useSignOut(),
      verification: useVerifyLink(),
      client: useQueryClient(),
    };
  }).result;
}

test("the public configuration is asked for once", async () => {
  const fake = new FakeApi();
  const { result, rerender } = renderInApp(fake, useConfig);
  await waitFor(() => expect(result.current.data?.tenant).toBe("acme"));
  rerender();
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

test("a session that ended elsewhere is noticed by the first request that meets it", async () => {
  const fake = signedIn();
  const result = render(fake);
  await waitFor(() => expect(result.current.me.data).toEqual(ada));
  fake.user = null;
  act(() => void result.current.list.refetch());
  await waitFor(() => expect(result.current.me.data).toBeNull());
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
