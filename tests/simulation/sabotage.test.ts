import { expect, test } from "vitest";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

/** Seeds within which the simulator has to notice; it takes a quarter of them at the most. */
const SEEDS = 300;

for (const [name, sabotage] of Object.entries(SABOTAGES)) {
  test(`the simulator catches: ${name}`, async () => {
    const caught: number[] = [];
    for (let seed = 1; seed <= SEEDS && caught.length < 3; seed++) {
      await simulate(seed, sabotage).catch(() => caught.push(seed));
    }
    console.log(`${name}: seeds ${caught.join(", ")}`);
    expect(caught).toHaveLength(3);
  });
}
