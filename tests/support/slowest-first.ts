import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where the tests are that take longest: whole wires, processes, thousands of interleavings. */
const SLOW = [
  "tests/simulation/seeds",
  "tests/e2e/crash",
  "tests/e2e/bulk-crash",
  "tests/simulation/",
  "tests/e2e/",
  "tests/third-party/",
  "tests/cli/",
  "tests/stream/",
];

/**
 * The order of the test files: first those that have a worker to themselves, so that the workers behind them are shared to
 * the end; then slow ones, so that no worker has a slow one left when the others have nothing to do.
 */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const found = SLOW.findIndex((part) => moduleId.includes(part));
  const rank = found === -1 ? SLOW.length : found;
  return project.config.isolate ? rank : SLOW.length + 1 + rank;
}
