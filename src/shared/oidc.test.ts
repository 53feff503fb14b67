import { expect, test } from "vitest";
import { claimsOf } from "./oidc.ts";

const encoded = (text: string) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

test("what a token says is read as UTF-8, and nothing of what is no readable JWT", () => {
  const claims = { name: "Žofie 李 ÿ?>", exp: 1_700_000_000 };
  expect(claimsOf(`x.${encoded(JSON.stringify(claims))}.y`)).toEqual(claims);
  for (const other of [
    "",
    "opaque",
    "a.b.c",
    "a.b.c.d.e",
    `x.${encoded("[1")}.y`,
    `x.${encoded("5")}.y`,
  ])
    expect(claimsOf(other)).toEqual({});
});
