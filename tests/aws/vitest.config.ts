import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:aws`: deploys against a third-party look-alike of AWS, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    include: ["tests/aws/**/*.check.ts"],
    // A file of 560 MB and three deployments in one check, on a machine that may be busy.
    testTimeout: 400_000,
    hookTimeout: 400_000,
    fileParallelism: false,
  },
});
