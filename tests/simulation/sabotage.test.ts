import { expect, test } from "vitest";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

/** Seeds within which the simulator has to notice twice. */
const SEEDS = 300;
const WANTED = 2;

/** Where the search begins for what seldom shows: no test waits for seeds that notice nothing. */
const FIRST: Record<string, number> = {
  "snapshot made of records": 41,
  "a kill that is forgotten behind a revival": 27,
  "story put without a guard": 87,
};

for (const [name, sabotage] of Object.entries(SABOTAGES)) {
  test(`the simulator catches: ${name}`, async () => {
    const caught: number[] = [];
    const first = FIRST[name] ?? 1;
    for (let seed = first; seed < first + SEEDS && caught.length < WANTED; seed++) {
      await simulate(seed, sabotage).catch(() => caught.push(seed));
    }
    console.log(`${name}: seeds ${caught.join(", ")}`);
    expect(caught).toHaveLength(WANTED);
  });
}
