import type { FakeApi } from "@reference-architecture/shared/testing";
import { act, fireEvent, screen } from "@testing-library/react-native";
import { renderRouter } from "expo-router/testing-library";
import { AccessibilityInfo } from "react-native";
import { keychain } from "./keychain.ts";

export const ORIGIN = "http://acme.localhost";
/** Where the session of `ORIGIN` is kept, by who gave it. */
export const LINK_SESSION = "session.http_3a__2f__2f_acme_2e_localhost.magic_5f_link";
export const OIDC_SESSION =
  "session.http_3a__2f__2f_acme_2e_localhost.oidc.https_3a__2f__2f_id_2e_example";

/** The whole app at an address, with the fake in the place of the network. */
export function renderApp(fake: FakeApi, address = "/", server: string | null = ORIGIN) {
  fake.takeTheNetwork();
  if (server !== null) keychain.set("server", server);
  return renderRouter("./app", { initialUrl: address });
}

const linking = jest.requireMock<typeof import("expo-linking")>("expo-linking");
const listening = jest.spyOn(linking, "addEventListener");

/** What a phone does with a link while the app runs. */
export const openLink = (url: string) => act(async () => listening.mock.calls.at(-1)?.[1]({ url }));

/** What a phone's screen reader was told, besides what it finds. */
export const announced = () =>
  jest.mocked(AccessibilityInfo.announceForAccessibility).mock.calls.map(([text]) => text);

export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const heading = (name: string | RegExp) => screen.findByRole("heading", { name });
export const field = (label: string) => screen.findByLabelText(label);
export const press = async (name: string | RegExp) => fireEvent.press(await button(name));

export async function type(label: string, text: string) {
  fireEvent.changeText(await field(label), text);
}
