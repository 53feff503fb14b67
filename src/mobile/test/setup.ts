import { onlineManager } from "@tanstack/react-query";
import { configure } from "@testing-library/react-native";
import { keychain } from "./keychain.ts";

configure({ asyncUtilTimeout: 10_000 });

// What has no part in native code is its own; the rest is the stand-in that its makers ship.
jest.mock("react-native-worklets", () => jest.requireActual("react-native-worklets/src/mock"));
jest.mock("expo-secure-store", () => jest.requireActual("./keychain.ts").secureStore);
jest.mock("expo-network", () => ({
  getNetworkStateAsync: async () => ({ isConnected: true }),
  addNetworkStateListener: () => ({ remove() {} }),
}));

afterEach(() => {
  keychain.clear();
  onlineManager.setOnline(true);
});
