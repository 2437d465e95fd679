import { decodeArticleId, encodeArticleId } from "../core/article-id.ts";
import { appended, lastChangeOf } from "../core/change-log.ts";
import { FlashwireError } from "../core/errors.ts";
import { PAGE_CHANGES } from "../core/limits.ts";
import { withdraw } from "../ingest/ingest.ts";
import { markPurged } from "../ingest/mark-purged.ts";
import { openLog } from "../publish/change-log.ts";
import { logPageOutput, openOutput } from "../render/outputs.ts";
import { putClosedPage, putLogPage } from "../repository/change-log.ts";
import { settleSnapshot } from "../repository/schedule.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import { never } from "../upkeep/deps.ts";
import { beginEpoch } from "../upkeep/epoch.ts";
import { continueLog } from "../upkeep/log-job.ts";
import type { SentRecord, Step } from "./script.ts";
import { FAKE_TOKEN, type FakeWire } from "./wire.ts";

/** The newsroom, as far as its steps need it. */
export type Desk = {
  wire: FakeWire;
  /** The last record of each story, as it was sent. */
  sent: Map<string, SentRecord>;
  faults: {
    use(text: string): void;
    order(fault: NonNullable<Step["fault"]>, count: number, path: string): void;
  };
};

/**
 * Does what the step says, and publishes it. The time of the newsroom is that of the step already. Throws `invalid` where the
 * door refuses the step, or nothing is known of its story.
 */
export async function perform(desk: Desk, step: Step): Promise<void> {
  await act(desk, step);
  await desk.wire.publishEvents();
  await desk.wire.tick();
}

async function act(desk: Desk, step: Step): Promise<void> {
  const { wire, faults } = desk;
  if (step.put !== undefined) for (const record of [step.put].flat()) await put(desk, record);
  if (step.kill !== undefined) await kill(wire, step.kill, step.notice);
  if (step.purge !== undefined) await purge(desk, step.purge);
  if (step.remove !== undefined)
    await put(desk, { ...lastOf(desk, step.remove), expires: nowOf(wire), updated: nowOf(wire) });
  if (step.restore !== undefined) await restore(desk, step.restore);
  if (step.flicker !== undefined) await flicker(desk, step.flicker);
  if (step.again !== undefined) await send(wire, lastOf(desk, step.again), [STALE]);
  if (step.repeat !== undefined) await repeat(wire, step.repeat);
  if (step.epoch === "begin" || step.epoch === true) {
    await beginEpoch(wire.services);
    // The snapshot comes when the script says so, and not with the next tick.
    await settleSnapshot(wire.services);
  }
  if (step.epoch === "finish" || step.epoch === true)
    await continueLog(wire.services, undefined, { isOver: never, failed: [] });
  if (step.fault !== undefined) faults.order(step.fault, step.count ?? 1, step.path ?? "/");
  if (step.faults !== undefined) faults.use(step.faults);
}

/** A late copy of what was replaced meanwhile is refused with this status, and changes nothing. */
const STALE = 409;

const nowOf = ({ clock }: FakeWire) => new Date(clock.now).toISOString();

function lastOf({ sent }: Desk, id: string): SentRecord {
  const record = sent.get(id);
  if (record === undefined) throw new FlashwireError("invalid", `No step has put a story ${id}.`);
  return record;
}

async function put(desk: Desk, given: SentRecord): Promise<void> {
  const { wire, sent } = desk;
  const record = filled(given, sent.get(given.id), wire.clock.now);
  await send(wire, record);
  sent.set(given.id, record);
}

/** The record with what the script leaves out. */
function filled(given: SentRecord, before: SentRecord | undefined, now: number): SentRecord {
  const instant = new Date(now).toISOString();
  const published = given.published ?? before?.published ?? instant;
  const isAhead = typeof published === "string" && Date.parse(published) > now;
  return {
    url: `https://news.example.org/${encodeArticleId(given.id)}`,
    headline: `Story ${given.id}`,
    updated: isAhead ? published : instant,
    ...given,
    published,
  };
}

function send(wire: FakeWire, record: SentRecord, fine: number[] = []): Promise<void> {
  return ask(wire, "PUT", record.id, record, fine);
}

function kill(wire: FakeWire, id: string, notice: string | undefined): Promise<void> {
  return ask(wire, "DELETE", id, notice === undefined ? {} : { notice });
}

async function purge(desk: Desk, id: string): Promise<void> {
  lastOf(desk, id);
  await withdraw(desk.wire.services, id);
  await markPurged(desk.wire.services, id);
}

async function restore(desk: Desk, id: string): Promise<void> {
  const { expires: _, ...record } = lastOf(desk, id);
  await put(desk, { ...record, id, updated: nowOf(desk.wire) });
}

async function flicker(desk: Desk, id: string): Promise<void> {
  lastOf(desk, id);
  await withdraw(desk.wire.services, id);
  // A version is newer than the kill that it follows.
  desk.wire.clock.now++;
  await restore(desk, id);
}

/** One request to the door. Throws `invalid` for an answer that is no success, unless its status is `fine`. */
async function ask(
  { app, services }: FakeWire,
  method: string,
  id: string,
  body: object,
  fine: number[] = [],
): Promise<void> {
  const request = new Request(`${services.site.origin}/articles/${encodeArticleId(id)}`, {
    method,
    headers: { Authorization: `Bearer ${FAKE_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const response = await app.fetch(request);
  if (response.ok || fine.includes(response.status)) return;
  throw new FlashwireError(
    "invalid",
    `${method} of ${id} was answered ${response.status}: ${await response.text()}`,
  );
}

/** Puts the newest changes behind themselves; of a story that changed twice, the newer one alone: the log never goes back. */
async function repeat({ services }: FakeWire, count: number): Promise<void> {
  await compareAndSwap(services, async () => {
    const { found, open } = await openLog(services);
    const again = open.changes
      .slice(-count)
      .filter((change) => lastChangeOf(open, decodeArticleId(change.id) ?? "") === change)
      .map(({ seq: _, ...change }) => change);
    const { closed, next } = appended(open, again, PAGE_CHANGES);
    for (const { number, page } of closed)
      if ((await putClosedPage(services, logPageOutput(open.epoch, number), page)) === CONFLICT)
        return CONFLICT;
    return await putLogPage(services, openOutput(), next, found);
  });
}
