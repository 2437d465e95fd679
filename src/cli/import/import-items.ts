import * as v from "valibot";
import { codeOf } from "../../contract/problem.ts";
import { articleId, encodeArticleId } from "../../core/article-id.ts";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_RECORD_BYTES } from "../../core/limits.ts";
import { notAhead } from "../../import/ahead.ts";
import type { Item } from "../../import/item.ts";
import type { Step } from "../../import/kind.ts";
import { batches } from "../input/batches.ts";
import { SEND_BYTES, SEND_IDLE_MS, SEND_RECORDS } from "../limits.ts";
import type { Meter } from "../output/meter.ts";
import type { Report } from "../output/report.ts";
import { ask } from "../wire/client.ts";
import { createSender, type Outgoing, type Sent } from "../wire/send.ts";
import type { Target } from "../wire/target.ts";

export type ImportOptions = {
  isDryRun: boolean;
  meter: Meter;
  report: Report;
  now(): number;
  /** Called when everything before a mark has its answer. */
  onMark(mark: string): Promise<void>;
};

type Taken = Extract<Item, { record: unknown }>;

/** What waits for its turn: a record to send, or a mark behind records. */
type Waiting = { outgoing: Outgoing; item: Taken } | { mark: string };

const StoredSchema = v.object({ published: v.string() });

/** Sends what a source has to the wire, in the order of the source, and reports each item. */
export async function importItems(
  target: Target,
  steps: AsyncIterable<Step>,
  options: ImportOptions,
): Promise<void> {
  const { isDryRun, meter, report } = options;
  const onLost = (error: FlashwireError) => meter.log(`${error.message} Trying again for a minute.`);
  const send = createSender(target, { wait: false, isDryRun, onLost });
  const limits = { count: SEND_RECORDS, weight: SEND_BYTES, weigh: weightOf, idle: SEND_IDLE_MS };
  for await (const batch of batches(waiting(target, steps, options), limits)) {
    const records = batch.flatMap((one) => ("outgoing" in one ? [one] : []));
    const items = new Map(records.map(({ outgoing, item }) => [outgoing, item]));
    if (records.length > 0) {
      for await (const sent of send([...items.keys()])) tell(report, sent, items.get(sent.record));
    }
    const mark = batch.findLast((one) => "mark" in one);
    if (mark !== undefined) await options.onMark(mark.mark);
  }
}

/** Reports the skipped items. */
async function* waiting(
  target: Target,
  steps: AsyncIterable<Step>,
  { meter, report, now }: ImportOptions,
): AsyncGenerator<Waiting> {
  for await (const step of steps) {
    if ("mark" in step) yield step;
    else if ("total" in step) meter.expect(step.total);
    else if ("skipped" in step.item) report.skipped({ file: step.item.where }, step.item.skipped);
    else {
      const item = notAhead(step.item, now());
      const dated = item.record.published === undefined ? await firstDate(target, item, now) : {};
      const json = JSON.stringify({ ...item.record, ...(dated === "killed" ? {} : dated) });
      const place = { file: item.where };
      if (dated === "killed") report.skipped(place, KILLED);
      else if (Buffer.byteLength(json) > MAX_RECORD_BYTES) report.refused(place, item.record.id, TOO_LARGE);
      else yield { outgoing: { place, read: 0, json }, item };
    }
  }
}

const TOO_LARGE = { detail: `A record has at most ${MAX_RECORD_BYTES} bytes.` };

const KILLED =
  "The article was killed at the wire, and its source has no date that tells whether it is a later version.";

/** When an article was imported first that its source does not date. */
async function firstDate(
  target: Target,
  { record: { id } }: Taken,
  now: () => number,
): Promise<{ published: string } | "killed"> {
  try {
    return await ask(target, StoredSchema, "GET", `/articles/${encodeArticleId(articleId(id) ?? id)}`);
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    if (error.code === "withdrawn") return "killed";
    if (error.code !== "not-found") throw error;
    return { published: new Date(now()).toISOString() };
  }
}

function tell(report: Report, { record: { place }, result }: Sent, item: Taken | undefined): void {
  const { id, status, problem, result: outcome, warnings = [], feeds, preview } = result;
  // The wire has a later version, or a kill that only a later version ends.
  const isStale = problem !== undefined && codeOf(problem.type) === "stale";
  if (!isStale && (outcome === undefined || status >= 400)) {
    report.refused(place, id, problem ?? {}, status);
    return;
  }
  const repaired = (item?.repaired ?? []).map((detail) => ({ pointer: "#", detail }));
  report.accepted(place, id, outcome ?? "unchanged", {
    status,
    warnings: [...repaired, ...warnings],
    ...(feeds === undefined ? {} : { feeds }),
    ...(preview === undefined ? {} : { preview }),
  });
}

function weightOf(one: Waiting): number {
  return "outgoing" in one ? Buffer.byteLength(one.outgoing.json) : 0;
}
