export default {
  preset: "jest-expo",
  setupFilesAfterEnv: ["./test/setup.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/e2e/", "/screenshots/"],
  // The first screen of a test run is compiled while it is waited for.
  testTimeout: 30_000,
};
