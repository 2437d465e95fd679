import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Nothing that goes well takes this long, however busy the machine is: it ends what hangs. */
const HANGS_MS = 600_000;

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    teardownTimeout: HANGS_MS,
    // It gives up before its test does, so that it can say what it saw last.
    expect: { poll: { timeout: HANGS_MS / 2, interval: 50 } },
    // Many tests start processes of their own, and more than four at once only wait for the disk.
    maxWorkers: Math.min(Math.max(availableParallelism() - 1, 1), 4),
    // What the shell of whoever runs the tests says of a site file is not for the tests.
    env: { FLASHWIRE_CONFIG: "" },
    reporters: ["default", "./tests/support/slowest.ts"],
  },
});
