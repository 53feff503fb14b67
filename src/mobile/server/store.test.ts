import { FakeApi } from "@reference-architecture/shared/testing";
import { waitFor } from "@testing-library/react-native";
import * as SecureStore from "expo-secure-store";
import { keychain } from "../test/keychain.ts";
import { open, openSession } from "./store.ts";

const config = new FakeApi().config;
const byLink = { ...config, authProvider: "magic_link" } as const;
const by = (issuer: string, authProvider: "oidc" | "magic_link" = "oidc") => ({
  ...config,
  authProvider,
  oidc: { issuer, clientId: "app", audience: "app" },
});

afterEach(() => jest.restoreAllMocks());

test.each([
  {
    name: "another server names an issuer that makes the two alike",
    origin: "https://acme.com.au",
    giver: byLink,
    other: "https://acme.com",
    otherGiver: by("au.magic_link", "magic_link"),
  },
  {
    name: "another server names a sign-in service that does",
    origin: "https://acme.com.au",
    giver: by("https://id.acme.com.au/"),
    other: "https://acme.com",
    otherGiver: by("au.https://id.acme.com.au/"),
  },
  {
    name: "two sign-in services are named almost alike",
    origin: "https://acme.com",
    giver: by("https://id/acme"),
    other: "https://acme.com",
    otherGiver: by("https://id_acme"),
  },
  {
    name: "the server calls itself the giver",
    origin: "https://acme.com",
    giver: by("https://id.acme.com"),
    other: "https://acme.com",
    otherGiver: by("https://id.acme.com", "magic_link"),
  },
])("a session goes to nobody but its giver, though $name", async (row) => {
  openSession(row.origin, row.giver).keep("secret");
  await waitFor(() => expect([...keychain.values()]).toEqual(["secret"]));
  expect(openSession(row.other, row.otherGiver).value).toBeNull();
  expect(openSession(row.origin, row.giver).value).toBe("secret");
  // The platform's store takes no other names.
  for (const name of keychain.keys()) expect(name).toMatch(/^[\w.-]+$/);
});

test("what is kept stays on this device, and in it while it is unlocked", async () => {
  const set = jest.spyOn(SecureStore, "setItemAsync");
  const get = jest.spyOn(SecureStore, "getItem");
  const remove = jest.spyOn(SecureStore, "deleteItemAsync");
  const kept = open("a");
  kept.keep("1");
  kept.keep(null);
  await waitFor(() => expect(remove).toHaveBeenCalled());
  const options = { keychainAccessible: SecureStore.WHEN_UNLOCKED_THIS_DEVICE_ONLY };
  expect(get).toHaveBeenCalledWith("a", options);
  expect(set).toHaveBeenCalledWith("a", "1", options);
  expect(remove).toHaveBeenCalledWith("a", options);
});

test("the last word is the last that is written, however long the one before takes", async () => {
  const write = SecureStore.setItemAsync;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const set = jest
    .spyOn(SecureStore, "setItemAsync")
    .mockImplementationOnce((name, value) => held.then(() => write(name, value)));
  const remove = jest.spyOn(SecureStore, "deleteItemAsync");
  const kept = open("a");
  kept.keep("token");
  kept.keep(null);
  expect(kept.value).toBeNull();
  await waitFor(() => expect(set).toHaveBeenCalled());
  release();
  await set.mock.results[0]?.value;
  await waitFor(() => expect(remove).toHaveBeenCalled());
  expect(keychain.has("a")).toBe(false);
});

test("what could not be written holds up nothing that comes after", async () => {
  jest.spyOn(SecureStore, "setItemAsync").mockRejectedValueOnce(new Error("locked"));
  const kept = open("a");
  kept.keep("1");
  kept.keep("2");
  await waitFor(() => expect(keychain.get("a")).toBe("2"));
});

test("it is told what the next start will not find so", async () => {
  jest.spyOn(SecureStore, "setItemAsync").mockRejectedValueOnce(new Error("locked"));
  jest.spyOn(SecureStore, "deleteItemAsync").mockRejectedValueOnce(new Error("locked"));
  const kept = open("a");
  const told = await Promise.all(["1", "1", null, null].map(kept.keep));
  expect(told).toEqual([false, true, false, true]);
});

test("what cannot be read is absent", () => {
  jest.spyOn(SecureStore, "getItem").mockImplementationOnce(() => {
    throw new Error("of another device");
  });
  expect(open("a").value).toBeNull();
});
