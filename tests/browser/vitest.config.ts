import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:browser`: needs the libraries of a browser, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    include: ["tests/browser/*.check.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    env: { FLASHWIRE_CONFIG: "" },
  },
});
