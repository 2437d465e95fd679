import type { Reporter, TestCase, TestModule } from "vitest/node";

const HOW_MANY = 10;

/** A reporter that names the slowest tests at the end, so that it shows which one a slow run waited for. */
export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const lines = slowestOf(
      tests.map((test) => ({ name: nameOf(test), ms: test.diagnostic()?.duration ?? 0 })),
    );
    if (lines.length > 0)
      console.log(`\nThe slowest ${lines.length} of ${tests.length} tests:\n${lines.join("\n")}`);
  }
}

/** Lines for the slowest tests, the slowest first, each with its seconds. */
export function slowestOf(tests: { name: string; ms: number }[]): string[] {
  return tests
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, HOW_MANY)
    .map(({ name, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${name}`);
}

const nameOf = (test: TestCase) => `${test.module.relativeModuleId}: ${test.fullName}`;
