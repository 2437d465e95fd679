import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:readers`: needs a feed reader of the system, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    include: ["tests/readers/*.check.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
