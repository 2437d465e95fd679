import { expect, test } from "vitest";
import { KNOWN } from "./known-seeds.ts";
import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

const WANTED = 2;
/** Mistakes that only one seed in some hundred notices: for these the test asks for one seed. */
const RARE = ["partner: two programs at once on one copy"];
const SEEDS = 300;

test("when the simulator can put a mistake in, the table of known seeds has the mistake", () => {
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
