import { join } from "node:path";
import { defineConfig } from "vitest/config";

const PROJECTS = ["moto", "aws", "readers", "browser"];

/** All checks that need what others made, so that they are listed, and counted, at once. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, "../.."),
    projects: PROJECTS.map((name) => `tests/${name}/vitest.config.ts`),
  },
});
