import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:s3`: needs a third-party S3 beside the checkout, so it is no part of `npm test`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    include: ["tests/moto/*.check.ts"],
    testTimeout: 400_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
