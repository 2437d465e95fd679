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
  moveOn,
  putResult,
  RESULT,
} from "../repository/inbox.ts";
import type { ObjectHead } from "../store/port.ts";
import { parseRecords, type StreamItem, type StreamPosition } from "../stream/records.ts";
import { readArticle, siteContext } from "../validate/article.ts";
import { type IngestDeps, ingest, isWritten } from "./ingest.ts";
import { INBOX_BATCH_BYTES, MAX_INBOX_PROBLEMS, STREAM_CONCURRENCY } from "./limits.ts";

/**
 * Takes in the records of a file of the inbox: a JSON array where its name ends in .json, else NDJSON. At the
 * time `until` (milliseconds since 1970) it writes down how far it came; that write is the event that goes on with it.
 * At the end it writes the result. Each file has one event that is at work on it: the file's own until something is
 * written down, then that of the latest `.progress`. Another one (they come twice, and late) finds nothing to do.
 */
export async function takeFile(
  deps: IngestDeps,
  inbox: InboxStore,
  key: string,
  open: (file: string, head: ObjectHead, from: number) => AsyncIterable<Uint8Array>,
  until: number,
): Promise<"taken" | "to be continued" | "nothing to do"> {
  const continues = key.endsWith(CONTINUES);
  const file = continues ? key.slice(0, -CONTINUES.length) : key;
  const head = await headFile(inbox, file);
  const result = head && (await beginFile(inbox, file, head, continues));
  if (head === undefined || result === undefined) return "nothing to do";
  const place = { at: result.bytes, line: result.line, count: result.done };
  const form = file.endsWith(".json") ? "array" : "ndjson";
  for await (const batch of batches(open(file, head, place.at), form, place)) {
    await takeBatch(deps, batch, result);
    if (!moveOn(result, batch.at(-1)) || deps.now() < until) continue;
    await putResult(inbox, file + CONTINUES, result);
    deps.log("inbox.continues", { file, done: result.done });
    return "to be continued";
  }
  await putResult(inbox, file + RESULT, result);
  await forgetProgress(inbox, file);
  const { accepted, unchanged, refused } = result;
  deps.log("inbox.taken", { file, accepted, unchanged, refused });
  return "taken";
}

/** Records that are in memory together: so many, and of so many bytes. */
async function* batches(
  chunks: AsyncIterable<Uint8Array>,
  form: "array" | "ndjson",
  place: StreamPosition,
): AsyncIterable<StreamItem[]> {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  };
  let batch: StreamItem[] = [];
  for await (const item of parseRecords(counted(), form, place)) {
    batch.push(item);
    if (batch.length < MAX_BATCH && bytes < INBOX_BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
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

/** What a later try of the same record may not meet again. */
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
