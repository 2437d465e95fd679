import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const SEEDS = 2_000;

/*
 * Clients, publishers and a rebuild over one store: any interleaving of their calls, refused and lost answers, crashes,
 * duplicate and reordered events; corrections, moves, withdrawals, revivals, two articles with one guid. A failing seed
 * replays with `npm run simulate -- SEED`; `npm run simulate` runs 100,000.
 */
test(`invariants 1, 2 and 5: ${SEEDS} seeds end in the documents of a rebuild, and none goes back on the way`, async () => {
  let faults = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    faults += await simulate(seed).then(
      (run) => run.faults,
      (cause) => Promise.reject(new Error(`seed ${seed}: ${cause}`, { cause })),
    );
  }
  expect(faults).toBeGreaterThan(SEEDS);
});
