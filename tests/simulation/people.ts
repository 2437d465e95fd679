import { HOME_KEY, OPEN_KEY } from "../../src/core/keys.ts";
import { ingest, type Outcome, type Preconditions, withdraw } from "../../src/ingest/ingest.ts";
import type { ArticlesReport, PublishReport } from "../../src/publish/report.ts";
import { purge } from "../../src/purge/purge.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { promiseFor } from "./answered.ts";
import { Crash, type Machine } from "./machine.ts";
import { type Worker, withMemory } from "./spoil.ts";
import { timedVersion } from "./times.ts";
import type { Send } from "./world.ts";

/* Who works on a wire in a run: newsrooms, publishers and operators. ticks.ts has its upkeep. */

/** A newsroom that sends until it is answered. */
export async function client(run: Machine, sends: Send[]): Promise<void> {
  for (const send of sends)
    await run.untilAnswered(async (sound) => {
      const services = run.sabotage?.ingest?.(sound) ?? sound;
      if (send.kind === "purge") return purgeStory(services, send.id);
      const outcome = await (send.kind === "send"
        ? ingest(services, timedVersion(run.world, send.id, send.n, send.content), conditionsOf(send))
        : withdraw(services, send.id));
      run.acknowledged.push(outcome);
      await publishNow(run, sound, outcome);
    });
}

/** The lawyers call. Throws as long as something is left to do. */
async function purgeStory(services: Worker, id: string): Promise<void> {
  const inbox = { store: services.stores.newsroom, names: async () => [], isAlone: true };
  const { left } = await purge({ ...services, versions: undefined, withInbox: (work) => work(inbox) }, id);
  if (left.length > 0) throw new Error(left.join(" "));
}

/** Most editors go on; one goes back to a content that was replaced, and says so. */
function conditionsOf(send: Send): Preconditions {
  return send.kind === "send" && send.goesBack ? { ifMatch: () => true } : {};
}

/** Publishes inside the request what cannot wait for the event. */
async function publishNow(run: Machine, sound: Worker, outcome: Outcome): Promise<void> {
  const { article } = outcome.record;
  const isKill = article.status === "withdrawn";
  if (!isKill && article.breaking === undefined) return;
  const events = run.events.filter(({ id }) => id === outcome.id).slice(-1);
  const { left } = await publish(run, run.spoil(sound, events), [outcome.id], { isUrgent: true });
  // While two site files are at work, a kill misses a feed that only the other one selects the story for, until the rollout.
  if (isKill && left.size === 0 && run.sites.length === 1) run.timely.onKilled(outcome);
}

/** A worker that stays warm from batch to batch until it crashes, or the site file changes. */
export async function publisher(run: Machine): Promise<void> {
  let warm: Worker | undefined;
  while (run.busy > 0 || run.events.length > 0 || run.repairs.size > 0) {
    await run.scheduler.turn();
    const events = run.take();
    const repairs = events.length === 0 || run.random.chance(0.1) ? [...run.repairs] : [];
    if (events.length === 0 && repairs.length === 0) continue;
    for (const feed of repairs) run.repairs.delete(feed);
    run.busy++;
    try {
      await run.inProcess(async (fresh) => {
        const isWarm = warm?.site === fresh.site && run.random.chance(0.8);
        const services = warm !== undefined && isWarm ? withMemory(fresh, warm.memory) : fresh;
        warm = services;
        const work = run.spoil(services, events);
        const report = await publish(
          run,
          work,
          events.map((event) => event.id),
        );
        for (const feed of report.underfilled) run.repairs.add(feed);
        // As from the queue: what is done does not come again.
        run.events.push(...events.filter(({ id }) => report.left.has(id)));
        if (repairs.length > 0) digest(run, await rebuild(work, { feeds: repairs }));
      });
    } catch (error) {
      if (error instanceof Crash) warm = undefined;
      run.events.push(...events);
      for (const feed of repairs) run.repairs.add(feed);
    }
    run.busy--;
  }
}

async function publish(
  run: Machine,
  { publisher }: Worker,
  ids: string[],
  { isUrgent } = { isUrgent: false },
): Promise<ArticlesReport> {
  const promise = await promiseFor(run.world, { newsroom: run.newsroom, site: run.published }, ids);
  const report = await publisher.publish(ids);
  const { left, changed } = report;
  try {
    await promise.check(left);
    // Who finds the feeds written leaves the page at the root to who wrote them.
    if (isUrgent && left.size === 0 && changed.some(({ key }) => key === HOME_KEY)) await promise.checkHome();
  } catch (error) {
    run.broken ??= error;
  }
  return report;
}

/** Somebody rebuilds everything while the wire is live, again if it failed. */
export async function operator(run: Machine): Promise<void> {
  await run.untilAnswered(async (services) => {
    await run.settled();
    digest(run, await rebuild(run.spoil(services, [])));
  });
}

function digest(run: Machine, { underfilled, failed }: PublishReport): void {
  for (const feed of underfilled) run.repairs.add(feed);
  if (failed[0] !== undefined) throw failed[0].error;
}

/** Somebody begins a new epoch of the log; the next ticks make its snapshot. */
export async function newEpoch(run: Machine): Promise<void> {
  await run.pause(100);
  await run.untilAnswered(async (services) => void (await beginEpoch(services)));
}

/** The open page is lost: the next publisher begins another epoch. */
export async function loseLog(run: Machine): Promise<void> {
  await run.pause(150);
  await run.published.delete(OPEN_KEY);
  run.partners.onChange(OPEN_KEY);
}

/** Another site file is deployed. */
export async function deploy(run: Machine): Promise<void> {
  await run.pause(200);
  run.changeSite();
}
