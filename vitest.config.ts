import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./tests/support/slowest-first.ts";

/** Nothing that goes well takes this long, however busy the machine is: it ends what hangs. */
const HANGS_MS = 600_000;

const TESTS = "tests/**/*.test.ts";

/**
 * Tests of thousands of interleavings, and of memory: what they leave behind would slow down, and make larger, all that comes behind
 * them in the same process. All other tests leave little, and to load their modules again for each file costs up to a second.
 */
const HEAVY = /^tests\/(simulation\/(sabotage|seeds|writers)\.|stream\/)/;

/** Tests that put another module in the place of one of ours: the other tests must not be given that module. */
const mocks = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8").includes("vi.mock(");

const files = globSync(TESTS, { cwd: import.meta.dirname });
const mocking = files.filter(mocks);
const alone = files.filter((path) => HEAVY.test(path) && !mocks(path));

/** Node loads what it can run as it is: Vite's copy of each module is a tenth slower, and takes a second to make for each file. */
const native = { viteModuleRunner: false };

export default defineConfig({
  test: {
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    teardownTimeout: HANGS_MS,
    // It gives up before its test does, so that it can say what it saw last.
    expect: { poll: { timeout: HANGS_MS / 2, interval: 50 } },
    // One more than there are processors: a worker that waits for the disk, or for a process that its test has started, leaves its
    // processor to another one. More than four at once only wait for the disk.
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    env: {
      // The tests ignore the site file that the shell names.
      FLASHWIRE_CONFIG: "",
      // Processes that the tests start take what an earlier one compiled, as src/cli/main.mjs does for its user.
      NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/flashwire"),
    },
    sequence: { sequencer: SlowestFirst },
    reporters: ["default", "./tests/support/slowest.ts"],
    projects: [
      // Loading the modules of the wire once per worker, instead of once per file, saves half a minute.
      {
        extends: true,
        test: {
          name: "together",
          include: [TESTS],
          exclude: [...alone, ...mocking],
          isolate: false,
          experimental: native,
        },
      },
      { extends: true, test: { name: "alone", include: alone, experimental: native } },
      // Node loads what a test replaces before the test can replace it; Vite does not.
      { extends: true, test: { name: "mocking", include: mocking } },
    ],
  },
});
