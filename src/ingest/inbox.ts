import pMap from "p-map";
import { sentId } from "../core/article-id.ts";
import { type ErrorCode, type FieldProblem, FlashwireError } from "../core/errors.ts";
import { MAX_BATCH } from "../core/limits.ts";
import {
  beginFile,
  CONTINUES,
  forgetProgress,
  headFile,
  type InboxResult,
  type InboxStore,
  isPassedOver,
  moveOn,
  putResult,
  RESULT,
} from "../repository/inbox.ts";
import { askForKillOf } from "../repository/schedule.ts";
import type { ObjectHead } from "../store/port.ts";
import { isRecordFile, promisesLines, RECORD_ENDINGS } from "../stream/names.ts";
import { type FoundItem, NO_RECORD, readRecords, type Shape } from "../stream/read.ts";
import type { StreamItem, StreamPosition } from "../stream/records.ts";
import { readArticle, siteContext } from "../validate/article.ts";
import { type IngestDeps, ingest, isKill, isWritten, type Outcome } from "./ingest.ts";
import { INBOX_BATCH_BYTES, MAX_INBOX_PROBLEMS, STREAM_CONCURRENCY } from "./limits.ts";

/** How a file comes to the work on it. */
export type Taking = {
  /** The bytes of the file from a position on. Rejects when the file is no longer the one of `head`. */
  open(file: string, head: ObjectHead, from: number): AsyncIterable<Uint8Array>;
  /** The time, milliseconds since 1970, at which is written down how far the file was taken in. */
  until: number;
  /** Asked when that is written: the next such time for a caller that continues at once, undefined for one that stops. */
  goesOn?(): number | undefined;
};

/**
 * Takes in the records of a file of the inbox, found by its content. At the time `until` it writes down how far it came;
 * where the caller stops there, that write is the event for the next run. At the end it writes the result. Each file
 * has one event that is at work on it: the file's own until something is written down, then that of the latest
 * `.progress`. Another one (they come twice, and late) finds nothing to do. A file whose name is not that of a
 * file of records gets a result that says so.
 */
export async function takeFile(
  deps: IngestDeps,
  inbox: InboxStore,
  key: string,
  { open, until, goesOn }: Taking,
): Promise<"taken" | "refused" | "to be continued" | "nothing to do"> {
  const continues = key.endsWith(CONTINUES);
  const file = continues ? key.slice(0, -CONTINUES.length) : key;
  if (isPassedOver(file)) return "nothing to do";
  const head = await headFile(inbox, file);
  if (head === undefined) return "nothing to do";
  if (!isRecordFile(file)) return refuseFile(deps, inbox, file, head, OTHER_NAME);
  const result = await beginFile(inbox, file, head, continues);
  if (result === undefined) return "nothing to do";
  const rules = { promisesLines: promisesLines(file), unpacks: true, mayBeBlank: false };
  const place = placeOf(result);
  let time: number | undefined = until;
  for await (const batch of batches(
    readRecords((from) => open(file, head, from), rules, place),
    place?.at,
  )) {
    await takeBatch(deps, batch, result);
    if (!moveOn(result, batch.at(-1)) || deps.now() < time) continue;
    await putResult(inbox, file + CONTINUES, result);
    time = goesOn?.();
    if (time !== undefined) continue;
    deps.log("inbox.continues", { file, done: result.done });
    return "to be continued";
  }
  if (result.done === 0) result.note = NO_RECORD;
  await putResult(inbox, file + RESULT, result);
  await forgetProgress(inbox, file, result);
  const { accepted, unchanged, refused } = result;
  deps.log("inbox.taken", { file, accepted, unchanged, refused });
  return "taken";
}

const OTHER_NAME = `The names of files that are taken end in ${RECORD_ENDINGS}.`;

/** Says in a result beside the file why it is not taken. Says it once for each content of the file. */
export async function refuseFile(
  deps: IngestDeps,
  inbox: InboxStore,
  file: string,
  head: ObjectHead,
  detail: string,
): Promise<"refused" | "nothing to do"> {
  const result = await beginFile(inbox, file, head, false);
  if (result === undefined) return "nothing to do";
  const error = new FlashwireError("unsupported-media-type", detail);
  refuse(deps, { line: 0, error }, error, result);
  await putResult(inbox, file + RESULT, result);
  deps.log("inbox.refused", { file, reason: detail });
  return "refused";
}

/** Where this run reads on; undefined for the start. */
function placeOf({ bytes, line, done, file, shape }: InboxResult): (StreamPosition & Shape) | undefined {
  if (bytes === 0) return undefined;
  // Version 0.1 noted no shape: it went by the name, and took nothing that is packed.
  const byName: Shape = { form: file.endsWith(".json") ? "array" : "ndjson", isPacked: false };
  return { at: bytes, line, count: done, ...(shape ?? byName) };
}

/** Records that are in memory together: so many, and of so many bytes. The first one begins at `start`. */
async function* batches(items: AsyncIterable<FoundItem>, start = 0): AsyncIterable<FoundItem[]> {
  let batch: FoundItem[] = [];
  let from = start;
  for await (const item of items) {
    batch.push(item);
    const end = item.end ?? from;
    if (batch.length < MAX_BATCH && end - from < INBOX_BATCH_BYTES) continue;
    yield batch;
    batch = [];
    from = end;
  }
  if (batch.length > 0) yield batch;
}

/** Several at once, but the versions of one article one after the other. */
async function takeBatch(deps: IngestDeps, items: StreamItem[], result: InboxResult): Promise<void> {
  const chains = new Map<unknown, StreamItem[]>();
  for (const item of items) {
    const id = idOf(item) ?? item;
    const chain = chains.get(id);
    if (chain) chain.push(item);
    else chains.set(id, [item]);
  }
  const takeChain = async (chain: StreamItem[]) => {
    for (const item of chain) await takeItem(deps, item, result);
  };
  await pMap(chains.values(), takeChain, { concurrency: STREAM_CONCURRENCY });
  result.done += items.length;
}

async function takeItem(deps: IngestDeps, item: StreamItem, result: InboxResult): Promise<void> {
  try {
    if ("error" in item) throw item.error;
    const context = { ...siteContext(deps.site), now: deps.now() };
    const { article, warnings } = readArticle(item.value, context);
    const outcome = await ingest(deps, article);
    warn(item, outcome.id, [...outcome.warnings, ...warnings], result);
    if (!isWritten(outcome)) result.unchanged++;
    else {
      result.accepted++;
      if (isKill(outcome) && outcome.feeds.length > 0) await bringForward(deps, outcome, result);
      const { id, version } = outcome;
      const etag = outcome.etag.replaceAll('"', "");
      deps.log("article.accepted", { id, version, result: outcome.result, by: result.file, etag });
    }
  } catch (error) {
    // Nothing is wrong with the record: the queue brings the whole file again.
    if (!(error instanceof FlashwireError) || PASSING.has(error.code)) throw error;
    refuse(deps, item, error, result);
  }
}

/**
 * A kill is not done with its record: the next tick writes its documents before all other work. When a run ends
 * before the note is there, the kill is done later, with its event.
 */
async function bringForward(deps: IngestDeps, { id }: Outcome, result: InboxResult): Promise<void> {
  result.withdrawing = (result.withdrawing ?? 0) + 1;
  await askForKillOf(deps, id);
}

/** Errors that a later try of the same record may not meet again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["busy", "storage", "unavailable"]);

function refuse(deps: IngestDeps, item: StreamItem, error: FlashwireError, result: InboxResult): void {
  const { code, message: detail, errors } = error;
  deps.log("request.refused", { reason: code });
  result.refused++;
  if (result.refusals.length >= MAX_INBOX_PROBLEMS) return;
  const id = idOf(item);
  const named = id === undefined ? {} : { id: id.slice(0, 128) };
  result.refusals.push({ line: item.line, ...named, code, detail, errors });
}

function warn({ line }: StreamItem, id: string, warnings: FieldProblem[], result: InboxResult): void {
  // A file that an earlier version of the wire began has no list yet.
  const list = result.warnings ?? [];
  if (warnings.length === 0 || list.length >= MAX_INBOX_PROBLEMS) return;
  result.warnings = [...list, { line, id: id.slice(0, 128), warnings }];
}

function idOf(item: StreamItem): string | undefined {
  return "error" in item ? undefined : sentId(item.value);
}
