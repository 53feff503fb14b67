import { focusManager, onlineManager } from "@tanstack/react-query";
import * as Network from "expo-network";
import { AppState, Platform } from "react-native";

// Browsers tell the query client themselves when they are online and looked at; phones have to be asked.
if (Platform.OS !== "web") {
  const tell = ({ isConnected }: Network.NetworkState) =>
    onlineManager.setOnline(isConnected !== false);
  void Network.getNetworkStateAsync().then(tell);
  // As long as the app runs, and not as long as somebody asks: on iOS who once stops listening hears nothing again.
  Network.addNetworkStateListener(tell);
  focusManager.setEventListener((setFocused) => {
    const listener = AppState.addEventListener("change", (state) => setFocused(state === "active"));
    return () => listener.remove();
  });
}
