import { expect, test } from "vitest";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

/** Seeds within which the simulator has to notice twice. */
const SEEDS = 300;
const WANTED = 2;

for (const [name, sabotage] of Object.entries(SABOTAGES)) {
  test(`the simulator catches: ${name}`, async () => {
    const caught: number[] = [];
    for (let seed = 1; seed <= SEEDS && caught.length < WANTED; seed++) {
      await simulate(seed, sabotage).catch(() => caught.push(seed));
    }
    console.log(`${name}: seeds ${caught.join(", ")}`);
    expect(caught).toHaveLength(WANTED);
  });
}
