import pMap from "p-map";
import { type ErrorCode, type FieldProblem, FlashwireError } from "./core/errors.ts";
import { DROP_BATCH_BYTES, MAX_BATCH, MAX_DROP_PROBLEMS, STREAM_CONCURRENCY } from "./core/limits.ts";
import { ingest } from "./ingest.ts";
import { readArticle } from "./record/read.ts";
import { readRecords, type StreamItem } from "./record/stream.ts";
import type { Services } from "./services.ts";
import type { ObjectHead } from "./store/port.ts";

/** Ends of keys beside a dropped file: how far it was taken in, and what became of it. */
export const CONTINUES = ".progress";
export const RESULT = ".result";

type Refusal = { line: number; id?: string; code: ErrorCode; detail: string; errors: FieldProblem[] };

/** What became of a dropped file. `done` counts its records; the first refusals are named. */
type Result = {
  file: string;
  etag: string;
  done: number;
  accepted: number;
  unchanged: number;
  refused: number;
  refusals: Refusal[];
};

/**
 * Takes in the records of a file in the newsroom bucket: a JSON array where its name ends in .json, else NDJSON. At the
 * time `until` (milliseconds since 1970) it writes down how far it came; that write is the event that goes on with it.
 * At the end it writes the result. A file that was replaced meanwhile is begun anew. Safe to repeat.
 */
export async function takeFile(
  services: Services,
  key: string,
  open: (head: ObjectHead) => AsyncIterable<Uint8Array>,
  until: number,
): Promise<"taken" | "to be continued" | "gone"> {
  const { newsroom } = services.stores;
  const head = await newsroom.head(key);
  if (head === undefined) return "gone";
  const result = await progressOf(services, key, head.etag);
  const form = key.endsWith(".json") ? "array" : "ndjson";
  let skip = result.done;
  for await (const batch of batches(open(head), form)) {
    const items = batch.slice(skip);
    skip = Math.max(0, skip - batch.length);
    if (items.length === 0) continue;
    await takeBatch(services, items, result);
    if (services.now() < until) continue;
    await put(services, key + CONTINUES, result);
    services.log("drop.continues", { file: key, done: result.done });
    return "to be continued";
  }
  await put(services, key + RESULT, result);
  await newsroom.delete(key + CONTINUES);
  const { accepted, unchanged, refused } = result;
  services.log("drop.taken", { file: key, accepted, unchanged, refused });
  return "taken";
}

async function progressOf(services: Services, key: string, etag: string): Promise<Result> {
  const stored = await services.stores.newsroom.get(key + CONTINUES);
  const fresh = { file: key, etag, done: 0, accepted: 0, unchanged: 0, refused: 0, refusals: [] };
  if (stored === undefined) return fresh;
  const result: Result = JSON.parse(Buffer.from(stored.body).toString());
  return result.etag === etag ? result : fresh;
}

async function put(services: Services, key: string, result: Result): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(result, undefined, 2)}\n`);
  await services.stores.newsroom.put(key, body, { contentType: "application/json" });
}

/** Records that are in memory together: so many, and of so many bytes. */
async function* batches(
  chunks: AsyncIterable<Uint8Array>,
  form: "array" | "ndjson",
): AsyncIterable<StreamItem[]> {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  };
  let batch: StreamItem[] = [];
  for await (const item of readRecords(counted(), form)) {
    batch.push(item);
    if (batch.length < MAX_BATCH && bytes < DROP_BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Several at once, but the versions of one article one after the other. */
async function takeBatch(services: Services, items: StreamItem[], result: Result): Promise<void> {
  const chains = new Map<unknown, StreamItem[]>();
  for (const item of items) {
    const id = idOf(item) ?? item;
    const chain = chains.get(id);
    if (chain) chain.push(item);
    else chains.set(id, [item]);
  }
  const takeChain = async (chain: StreamItem[]) => {
    for (const item of chain) await takeItem(services, item, result);
  };
  await pMap(chains.values(), takeChain, { concurrency: STREAM_CONCURRENCY });
  result.done += items.length;
}

async function takeItem(services: Services, item: StreamItem, result: Result): Promise<void> {
  try {
    if ("error" in item) throw item.error;
    const outcome = await ingest(services, readArticle(item.value, services.now()));
    if (outcome.result === "unchanged") result.unchanged++;
    else {
      result.accepted++;
      const { id, version } = outcome;
      const etag = outcome.etag.replaceAll('"', "");
      services.log("article.accepted", { id, version, result: outcome.result, by: result.file, etag });
    }
  } catch (error) {
    // Busy or out of order: nothing is wrong with the record, so the whole batch comes again.
    if (!(error instanceof FlashwireError) || error.code === "busy") throw error;
    refuse(services, item, error, result);
  }
}

function refuse(services: Services, item: StreamItem, error: FlashwireError, result: Result): void {
  const { code, message: detail, errors } = error;
  services.log("request.refused", { reason: code });
  result.refused++;
  if (result.refusals.length >= MAX_DROP_PROBLEMS) return;
  const id = idOf(item);
  const named = id === undefined ? {} : { id: id.slice(0, 128) };
  result.refusals.push({ line: item.line, ...named, code, detail, errors });
}

function idOf(item: StreamItem): string | undefined {
  if ("error" in item || typeof item.value !== "object" || item.value === null) return undefined;
  return "id" in item.value && typeof item.value.id === "string" ? item.value.id : undefined;
}
