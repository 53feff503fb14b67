import { defineConfig } from "@playwright/test";
import config from "../frontend/playwright.config.ts";

/** The app's build for browsers, at the size of a phone. */
export default defineConfig({
  ...config,
  use: {
    ...config.use,
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  },
});
