import { focusManager, onlineManager } from "@tanstack/react-query";
import * as Network from "expo-network";
import { AppState, Platform } from "react-native";

// Browsers tell the query client themselves when they are online and looked at; phones have to be asked.
if (Platform.OS !== "web") {
  onlineManager.setEventListener((setOnline) => {
    const tell = ({ isConnected }: Network.NetworkState) => setOnline(isConnected !== false);
    void Network.getNetworkStateAsync().then(tell);
    const listener = Network.addNetworkStateListener(tell);
    return () => listener.remove();
  });
  focusManager.setEventListener((setFocused) => {
    const listener = AppState.addEventListener("change", (state) => setFocused(state === "active"));
    return () => listener.remove();
  });
}
