import { setMark } from "../../src/repository/rollout.ts";
import { putUpkeepState } from "../../src/repository/upkeep-state.ts";
import { continueRound, newRound } from "../../src/upkeep/audit-round.ts";
import { never } from "../../src/upkeep/deps.ts";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";
import { SETTLED_MS } from "../../src/upkeep/limits.ts";
import { checkAccepted, checkBreaking, checkDocuments } from "./at-rest.ts";
import { checkGuids } from "./guids.ts";
import { checkHome } from "./home-at-rest.ts";
import type { LogWatch } from "./log-watch.ts";
import { Machine } from "./machine.ts";
import type { Partners } from "./partners.ts";
import { client, deploy, loseLog, newEpoch, operator, publisher } from "./people.ts";
import type { Sabotage, Worker } from "./spoil.ts";
import { lastTicks, spoiledTick, ticksOnce, time, upkeep } from "./ticks.ts";
import type { TimelyStories } from "./timely.ts";
import { checkTold } from "./told.ts";
import { plan } from "./world.ts";

type Told = Awaited<ReturnType<typeof checkTold>> & Awaited<ReturnType<typeof checkHome>>;
export type Counts = TimelyStories["counts"] & Told & LogWatch["counts"] & Partners["counts"];

/** One run of the wire under faults. Throws at the first thing that must not happen. */
export async function simulate(
  seed: number,
  sabotage?: Sabotage,
): Promise<{ steps: number; faults: number; counts: Counts }> {
  const run = new Machine(seed, sabotage);
  await begin(run);
  const faults = await toRest(run);
  const told = await check(run);
  const { steps } = run.scheduler;
  const counts = { ...run.timely.counts, ...told, ...run.log.counts, ...run.partners.counts };
  return { steps, faults, counts };
}

/** The wire before the first version. Most wires are marked, and their audit has just ended. */
async function begin(run: Machine): Promise<void> {
  run.start(() => run.inProcess(async (services) => void (await services.publisher.startFeeds())));
  await run.untilRest();
  const stores = { newsroom: run.newsroom, published: run.published };
  if (!run.audits) await putUpkeepState({ stores }, { nextRound: "2099-01-01T00:00:00.000Z" });
  // A wire that is deployed again has its mark.
  if (!run.audits || run.sites.length > 1 || run.random.chance(0.5))
    await setMark({ stores }, fingerprintOf(run.site));
}

/** Answers how many faults the run had. */
async function toRest(run: Machine): Promise<number> {
  const { random, faults, tickFaults } = run;
  const many = random.chance(0.01);
  const sends = plan(random, many);
  faults.left = random.below(7);
  tickFaults.left = random.below(4);
  const faultsAtStart = faults.left + tickFaults.left;
  const clients = 1 + random.below(3);
  for (let i = 0; i < clients; i++)
    run.start(() =>
      client(
        run,
        sends.filter((_, at) => at % clients === i),
      ),
    );
  if (random.chance(0.4)) run.start(() => operator(run));
  if (random.chance(0.3)) run.start(() => upkeep(run));
  if (random.chance(0.2)) run.start(() => newEpoch(run));
  if (random.chance(0.08)) run.start(() => loseLog(run));
  if (run.sites.length > 1) run.start(() => deploy(run));
  run.start(() => time(run, many ? 8 : 4));
  const publishers = 1 + random.below(3);
  for (let i = 0; i < publishers; i++) void publisher(run).catch((error) => run.fail(error));
  void run.partners.live().catch((error) => run.fail(error));
  await run.untilRest();
  const had = faultsAtStart - faults.left - tickFaults.left;
  faults.left = tickFaults.left = 0;
  run.clock.catchUp();
  run.start(() => lastTicks(run));
  void publisher(run).catch((error) => run.fail(error));
  await run.untilRest();
  // The last publisher may have made a feed after the last tick: the directory follows.
  run.start(() => ticksOnce(run));
  await run.untilRest();
  return had;
}

/** Invariants 1, 2, 5, 8, 9 and 10 at rest, and that every story has a guid of its own. */
async function check(run: Machine): Promise<Told> {
  const { newsroom, published, restsSince } = run;
  run.visible.check();
  run.timely.check();
  run.log.check();
  checkAccepted(run.timely.written, run.acknowledged);
  // While two site files are at work, a feed of the one may hide from the other: the rollout mends that.
  const isOneSite = run.sites.length === 1;
  if (run.broken && isOneSite) throw run.broken;
  await checkGuids(newsroom);
  run.timely.checkPending(restsSince);
  await checkBreaking({ newsroom, site: published }, restsSince);
  // A feed that has come to select a story late has no room for each old correction.
  const told = isOneSite ? await checkTold(run.site, newsroom, published) : { corrections: 0, stubs: 0 };
  await checkDocuments(run.sites, newsroom, published);
  await auditLog(run);
  run.log.checkRest();
  // The home page follows what the audit has told the log.
  run.start(() => ticksOnce(run));
  await run.untilRest();
  const home = await checkHome(run.site, newsroom, published);
  run.start(() => run.partners.catchUp());
  await run.untilRest();
  await run.partners.check(run.timely.written, run.site);
  return { ...told, ...home };
}

/** The audit finds what was logged and not marked: a process ended between the two, and its articles were published by another one. */
async function auditLog(run: Machine): Promise<void> {
  const audit = (services: Worker) => async () => {
    const later = { ...services, now: () => run.clock.now + SETTLED_MS + 1 };
    await continueRound(later, newRound(), { isOver: never, hasMarks: true });
  };
  run.start(() => run.inProcess((services) => audit(spoiledTick(run, services))(), { offset: 0 }));
  await run.untilRest();
}
