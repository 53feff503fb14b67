import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createApi, send } from "./client.ts";
import { ApiError } from "./errors.ts";
import { FakeApi } from "./testing/fake-api.ts";

const baseUrl = "http://acme.localhost";

/** A server that takes the request and says nothing until the client gives up. */
const silent = (request: Request) =>
  new Promise<Response>((_, reject) => {
    if (request.signal.aborted) reject(request.signal.reason);
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
  });

describe("a request", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("carries the token of the moment, and none where there is none", async () => {
    const fake = new FakeApi();
    vi.stubGlobal("fetch", fake.fetch);
    let token: string | null = "first";
    const api = createApi({ baseUrl, token: () => token });
    for (token of ["first", "second", null]) await api.GET("/api/config");
    expect(fake.requests.map((request) => request.headers.get("authorization"))).toEqual([
      "Bearer first",
      "Bearer second",
      null,
    ]);
  });

  test("brings a cookie only where it brings no token", async () => {
    const fake = new FakeApi();
    vi.stubGlobal("fetch", fake.fetch);
    await createApi({ baseUrl, token: () => null }).GET("/api/config");
    await createApi({ baseUrl }).GET("/api/config");
    expect(fake.requests.map(({ credentials }) => credentials)).toEqual(["omit", "same-origin"]);
  });

  test.each(["{}", "null", "[]", '"ok"', '{"data":null}'])(
    "that is answered by 200 and %s instead of data fails",
    async (body) => {
      vi.stubGlobal("fetch", async () => new Response(body));
      const api = createApi({ baseUrl });
      const outcome = send((signal) => api.GET("/api/config", { signal }));
      await expect(outcome).rejects.toMatchObject({
        status: 200,
        message: "The server gave an unexpected answer (200).",
      });
    },
  );

  const ask = (token?: () => Promise<string>) => {
    const api = createApi({ baseUrl, ...(token && { token }) });
    return send((signal) => api.GET("/api/config", { signal })).catch((error) => error);
  };

  test.each([200, 502])(
    "that is answered by a page of HTML with %i fails with its number",
    async (status) => {
      const headers = { "x-request-id": "from-header" };
      vi.stubGlobal("fetch", async () => new Response("<p>Welcome</p>", { status, headers }));
      expect(await ask()).toMatchObject({
        status,
        message: `The server gave an unexpected answer (${status}).`,
        requestId: "from-header",
      });
    },
  );

  test.each([
    ["that no network takes", () => Promise.reject(new TypeError("Failed to fetch"))],
    [
      "whose answer is cut off",
      async () =>
        new Response(new ReadableStream({ start: (body) => body.error(new TypeError("cut")) })),
    ],
  ])("%s has reached nobody", async (_, fetch) => {
    vi.stubGlobal("fetch", fetch);
    expect(await ask()).toMatchObject({
      status: 0,
      code: "unreachable",
      message: "The server could not be reached.",
      cause: expect.any(TypeError),
    });
  });

  test("whose token could not be had says who did not give it", async () => {
    const cause = new TypeError("Failed to fetch");
    const error = await ask(() => Promise.reject(cause));
    const message = "The sign-in service could not be reached.";
    expect(error).toMatchObject({ status: 0, message, cause });
  });

  test("whose token is refused keeps the words for that", async () => {
    const refused = new ApiError(400, { message: "The sign-in service refused." });
    expect(await ask(() => Promise.reject(refused))).toBe(refused);
  });

  test("in which our own code breaks is not taken for one that reached nobody", async () => {
    const bug = new RangeError("a bug");
    const outcome = send(() => Promise.reject(bug));
    await expect(outcome).rejects.toBe(bug);
  });

  test("whose token never comes ends after twenty seconds", async () => {
    const api = createApi({ baseUrl, token: () => new Promise<string>(() => {}) });
    const outcome = send((signal) => api.GET("/api/config", { signal })).catch((error) => error);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await outcome).toMatchObject({ code: "timed_out" });
  });

  test("that nobody answers ends after twenty seconds", async () => {
    vi.stubGlobal("fetch", silent);
    const api = createApi({ baseUrl });
    const outcome = send((signal) => api.GET("/api/config", { signal })).catch((error) => error);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toMatchObject({ status: 0, code: "timed_out" });
  });

  test("that its screen no longer wants ends at once", async () => {
    vi.stubGlobal("fetch", silent);
    const api = createApi({ baseUrl });
    const screen = new AbortController();
    const outcome = send((signal) => api.GET("/api/config", { signal }), screen.signal).catch(
      (error) => error,
    );
    screen.abort();
    expect(await outcome).toMatchObject({ status: 0, code: "unreachable" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that its screen no longer wants ends at once, though its token has not come", async () => {
    const api = createApi({ baseUrl, token: () => new Promise<string>(() => {}) });
    const screen = new AbortController();
    const outcome = send((signal) => api.GET("/api/config", { signal }), screen.signal).catch(
      (error) => error,
    );
    screen.abort();
    expect(await outcome).toMatchObject({ status: 0, code: "unreachable" });
  });
});
