import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Not tests: they draw the pictures of the README into `docs/images/`. */
export default defineConfig({ ...config, testDir: "screenshots", workers: 1 });
