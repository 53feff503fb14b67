import { onlineManager } from "@tanstack/react-query";
import { configure } from "@testing-library/react-native";
// Before any test brings in the router: the links that it hears are the stand-in's, by which tests open them.
import "expo-router/testing-library";
import { AccessibilityInfo } from "react-native";
import { keychain } from "./keychain.ts";

configure({ asyncUtilTimeout: 10_000 });

// What has no part in native code is its own; the rest is the stand-in that its makers ship.
jest.mock("react-native-worklets", () => jest.requireActual("react-native-worklets/src/mock"));
jest.mock("expo-secure-store", () => jest.requireActual("./keychain.ts").secureStore);
jest.mock("expo-network", () => jest.requireActual("./network.ts").network);

// Under Babel for Jest some of the swipe's callbacks are worklets and some are not; bundles have none of this.
const KNOWN = /^\[react-native-gesture-handler\] Some of the callbacks/;
const complaints: string[] = [];
for (const level of ["error", "warn"] as const) {
  jest.spyOn(console, level).mockImplementation((...said) => {
    if (!KNOWN.test(String(said[0]))) complaints.push(said.join(" "));
  });
}

afterEach(() => {
  expect(complaints.splice(0)).toEqual([]);
  jest.mocked(AccessibilityInfo.announceForAccessibility).mockClear();
  keychain.clear();
  onlineManager.setOnline(true);
});
