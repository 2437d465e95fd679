import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where the tests are that take longest: whole wires, processes, thousands of interleavings. */
const SLOW = [
  "tests/simulation/seeds",
  "tests/e2e/",
  "tests/simulation/",
  "tests/third-party/",
  "tests/cli/",
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
  if (project.config.isolate) return -1;
  const rank = SLOW.findIndex((part) => moduleId.includes(part));
  return rank === -1 ? SLOW.length : rank;
}
