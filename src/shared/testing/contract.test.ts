import { expect, test } from "vitest";
import { breachOf } from "./contract.ts";
import { FakeApi } from "./fake-api.ts";

const ask = (method: string, path: string, body?: object) =>
  new Request(`http://acme.localhost${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
const config = { authProvider: "none", compute: "local", tenant: "acme", version: "1.2.3" };
const failure = { error: { code: "not_found", message: "Not there.", requestId: "r" } };

test.each([
  ["a success", ask("GET", "/api/config"), 200, { data: config }],
  ["a failure", ask("GET", "/api/example/1"), 404, failure],
  [
    "a request with a body",
    ask("POST", "/api/auth/request-link", { email: "a@b.c" }),
    202,
    { data: { status: "requested" } },
  ],
])("%s as the document has it is no breach", async (_, request, status, body) => {
  expect(await breachOf(request, Response.json(body, { status }))).toBeNull();
});

test.each([
  ["a route", ask("GET", "/api/elsewhere"), 200, {}],
  ["a method", ask("PUT", "/api/config"), 200, {}],
  ["a value", ask("GET", "/api/config"), 200, { data: { ...config, compute: "abacus" } }],
  ["a body without its data", ask("GET", "/api/config"), 200, config],
  ["a failure without its envelope", ask("GET", "/api/example/1"), 404, { message: "no" }],
  ["a request", ask("POST", "/api/example", { title: "one" }), 201, { data: {} }],
])("%s that it does not know is one", async (_, request, status, body) => {
  expect(await breachOf(request, Response.json(body, { status }))).not.toBeNull();
});

test("the API in memory gives no answer that breaks it, not even a planned one", async () => {
  const fake = new FakeApi().plan("GET /api/config", Response.json({ data: {} }));
  await expect(fake.fetch(ask("GET", "/api/config"))).rejects.toThrow(/breaks the API document/);
  expect((await fake.fetch(ask("GET", "/api/config"))).status).toBe(200);
});
