import { readFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");

test("the types are those of the API document: `npm run generate` renews them", async () => {
  const document = JSON.parse(await read("./openapi.json"));
  expect(await read("./schema.ts")).toBe(COMMENT_HEADER + astToString(await openapiTS(document)));
});
