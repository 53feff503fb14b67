import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "./errors.ts";
import { retryDelay, retryRead, retryWrite } from "./retry.ts";

describe("a failed answer becomes an error", () => {
  const headers = { "x-request-id": "from-header" };

  test("with all that the envelope says, its phrases as sentences", () => {
    const body = {
      error: { code: "invalid", message: "no", requestId: "r1", fields: { name: "too long" } },
    };
    const error = ApiError.from(new Response(null, { status: 400, headers }), body);
    expect(error).toMatchObject({
      status: 400,
      code: "invalid",
      message: "No",
      requestId: "r1",
      fields: { name: "Too long" },
    });
  });

  test.each([
    ["text of a gateway"],
    [null],
    [{ message: "Service Unavailable" }],
    [{ error: null }],
  ])("with the request id of the header when the body is %j", (body) => {
    const error = ApiError.from(new Response(null, { status: 502, headers }), body);
    expect(error).toMatchObject({ status: 502, code: "unknown", requestId: "from-header" });
  });
});

describe("Retry-After", () => {
  const wait = (value: string) =>
    ApiError.from(new Response(null, { status: 503, headers: { "retry-after": value } }), null)
      .retryAfter;
  beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-01-01T12:00:00Z") }));
  afterEach(() => void vi.useRealTimers());

  test.each([
    ["2", 2_000],
    ["120", 120_000],
    ["Thu, 01 Jan 2026 12:00:05 GMT", 5_000],
    ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
    ["soon", null],
  ])("of %j is %s milliseconds", (value, expected) => expect(wait(value)).toBe(expected));
});

describe("retries", () => {
  const error = (status: number, retryAfter: number | null = null) =>
    new ApiError(status, {}, retryAfter);

  test.each([0, 429, 502, 503, 504])("status %i passes and is tried again", (status) => {
    expect(retryRead(0, error(status))).toBe(true);
    expect(retryWrite(4, error(status))).toBe(true);
  });

  test.each([400, 401, 403, 404, 409, 412, 422, 500])("status %i does not", (status) => {
    expect(retryRead(0, error(status))).toBe(false);
    expect(retryWrite(0, error(status))).toBe(false);
  });

  test("end, for readers sooner than for writers", () => {
    expect(retryRead(2, error(503))).toBe(false);
    expect(retryWrite(2, error(503))).toBe(true);
    expect(retryWrite(5, error(503))).toBe(false);
  });

  test("are not made for a server that asks for more than half a minute, nor for a bug", () => {
    expect(retryWrite(0, error(503, 30_001))).toBe(false);
    expect(retryWrite(0, new TypeError("a bug"))).toBe(false);
  });

  test("wait twice as long each time, never less than half of it, up to a bound", () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    expect([0, 1, 2, 3, 4, 9].map((n) => retryDelay(n, error(0)))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 4_000,
    ]);
    vi.spyOn(Math, "random").mockReturnValue(1);
    expect([0, 9].map((n) => retryDelay(n, error(0)))).toEqual([500, 8_000]);
  });

  test("wait at least as long as the server asks", () => {
    expect(retryDelay(0, error(503, 3_000))).toBeGreaterThanOrEqual(3_000);
  });
});
