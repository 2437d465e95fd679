import { expect, test } from "vitest";
import { KNOWN } from "./known-seeds.ts";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

const WANTED = 2;
/** What one seed in some hundred notices: the test asks for one. */
const RARE = ["partner: two programs at once on one copy"];
const SEEDS = 300;

test("when a mistake can be put in, its seeds are known", () => {
  expect(Object.keys(KNOWN).sort()).toEqual(Object.keys(SABOTAGES).sort());
});

for (const [name, sabotage] of Object.entries(SABOTAGES)) {
  test(`when the wire has a mistake, the simulator catches it: ${name}`, async () => {
    const caught: number[] = [];
    const known = KNOWN[name] ?? [];
    const wanted = RARE.includes(name) ? 1 : WANTED;
    const others = Array.from({ length: SEEDS }, (_, i) => i + 1);
    for (const seed of [...known, ...others.filter((seed) => !known.includes(seed))]) {
      if (caught.length === wanted) break;
      await simulate(seed, sabotage).catch(() => caught.push(seed));
    }
    console.log(`${name}: seeds ${caught.join(", ")}`);
    expect(caught).toHaveLength(wanted);
  });
}
