import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const SEEDS = 600;

/*
 * Clients, publishers, ticks and a rebuild over one store, and a clock that jumps: any interleaving of their calls, refused
 * and lost answers, crashes, duplicate and reordered events; corrections, moves, withdrawals, revivals, two articles with
 * one guid; stories that wait, break, end and expire, and processes whose clocks differ; partners that follow the log through
 * a cache that answers late. A failing seed replays with `npm run simulate -- SEED`; `npm run simulate` runs 100,000.
 */
test(`invariants 1, 2, 5, 8, 9 and 10: when ${SEEDS} seeds have run, documents are those of a rebuild and tell of each correction and kill, none has gone back, none was ahead of time, the log tells all, and each partner has what is public`, async () => {
  const had = { faults: 0, release: 0, settle: 0, expire: 0, kills: 0, corrections: 0, stubs: 0 };
  const log = { changes: 0, pages: 0, snapshots: 0, epochs: 0, skippedKills: 0 };
  const partners = { partnerPolls: 0, partnerKills: 0, staleRefused: 0, partnerCrashes: 0 };
  Object.assign(had, log, partners, { lateAnswers: 0, snapshotsRead: 0, homeStories: 0 });
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { faults, counts } = await simulate(seed).catch((cause) =>
      Promise.reject(new Error(`seed ${seed}: ${cause}`, { cause })),
    );
    // The log tells a change twice at the most when it was lost.
    const { duplicates: _, ...counted } = counts;
    for (const [what, count] of Object.entries({ faults, ...counted }))
      had[what as keyof typeof had] += count;
  }
  expect(had.faults).toBeGreaterThan(SEEDS);
  for (const count of Object.values(had)) expect(count).toBeGreaterThan(SEEDS / 10);
});
