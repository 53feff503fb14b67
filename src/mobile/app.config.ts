import type { ExpoConfig } from "expo/config";

/** What a product sets; all of it ends in the bundle, so nothing here may be secret. */
const {
  EXPO_PUBLIC_SERVER: server,
  EXPO_PUBLIC_SCHEME: scheme = "reference-architecture",
  EXPO_PUBLIC_LINK_DOMAINS: linkDomains = "",
  EXPO_PUBLIC_APP_ID: appId = `com.example.${scheme.replaceAll("-", "")}`,
} = process.env;

const domains: string[] = linkDomains.split(/[\s,]+/).filter(Boolean);

const config: ExpoConfig = {
  name: "Reference Architecture",
  slug: "reference-architecture",
  version: "1.0.0",
  scheme,
  orientation: "default",
  userInterfaceStyle: "automatic",
  icon: "./assets/icon.png",
  platforms: ["android", "ios", "web"],
  ios: {
    bundleIdentifier: appId,
    supportsTablet: true,
    associatedDomains: domains.map((domain) => `applinks:${domain}`),
  },
  android: {
    package: appId,
    adaptiveIcon: { foregroundImage: "./assets/icon.png", backgroundColor: "#2447c8" },
    intentFilters: domains.map((host) => ({
      action: "VIEW",
      autoVerify: true,
      data: [{ scheme: "https", host, pathPrefix: "/auth/verify" }],
      category: ["BROWSABLE", "DEFAULT"],
    })),
  },
  web: { output: "single", favicon: "./assets/icon.png" },
  plugins: [
    "expo-router",
    // Nothing in the store asks for a face: without this the app would say that it may.
    ["expo-secure-store", { faceIDPermission: false }],
    "expo-web-browser",
  ],
  // The address that the app begins with; people may set another one.
  extra: { server },
};

export default config;
