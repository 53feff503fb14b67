import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/{frontend,shared}/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://acme.localhost" } },
    setupFiles: ["src/frontend/test/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    unstubEnvs: true,
  },
});
