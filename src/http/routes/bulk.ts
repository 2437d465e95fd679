import { pMapIterable } from "p-map";
import type { Answer } from "../../contract/answers.ts";
import { sentId } from "../../core/article-id.ts";
import type { FieldProblem } from "../../core/errors.ts";
import { MAX_BATCH } from "../../core/limits.ts";
import type { Outcome } from "../../ingest/ingest.ts";
import { STREAM_CONCURRENCY } from "../../ingest/limits.ts";
import { parseRecords, type StreamItem } from "../../stream/records.ts";
import { readArticle, siteContext } from "../../validate/article.ts";
import { batched } from "../batches.ts";
import { chunksOf, streamForm } from "../body.ts";
import { BATCH_LINGER_MS, MAX_WAITING_ANSWERS_BYTES } from "../limits.ts";
import { problemOf } from "../problem.ts";
import type { Deps } from "../route.ts";
import {
  accept,
  acceptedOf,
  isUrgent,
  publishIds,
  publishOutcomes,
  wantsPublished,
  wantsStrict,
} from "../take-article.ts";

/** Who sends, and whether a warning is an error to them. */
type Sender = { by: string; strict: boolean };

type Taken = { line: number; id?: string } & (
  | { outcome: Outcome; warnings: FieldProblem[] }
  | { error: unknown }
);

/**
 * POST /articles: many records, one answer each, in their order; the good ones are kept when others are bad. Neither
 * the records nor the answers are ever all in memory. The first answers go out while the last records come in.
 */
export async function postArticles(deps: Deps, request: Request, by: string): Promise<Response> {
  const form = streamForm(request.headers);
  const wait = wantsPublished(request.url);
  const sender = { by, strict: wantsStrict(request.url) };
  const records = parseRecords(chunksOf(request), form);
  const results = take(deps, form === "array" ? await refuseNoArray(records) : records, sender);
  const answers = answer(deps, results, wait);
  const type = form === "array" ? "application/json" : "application/x-ndjson";
  return new Response(streamOf(deps, form === "array" ? asArray(answers) : asLines(answers)), {
    headers: { "Content-Type": type, "Cache-Control": "no-store" },
  });
}

/** A body that is no array at all gets an answer of its own, with a status that says so. */
async function refuseNoArray(records: AsyncIterable<StreamItem>): Promise<AsyncIterable<StreamItem>> {
  const iterator = records[Symbol.asyncIterator]();
  const head: StreamItem[] = [];
  const read = async () => {
    const { done, value } = await iterator.next();
    if (!done) head.push(value);
  };
  await read();
  const [first] = head;
  if (first !== undefined && "error" in first && first.error.code === "malformed") {
    await read();
    if (head.length === 1) throw first.error;
  }
  return (async function* () {
    yield* head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
}

/** A record, what must be over before it is taken in, and whom to tell when that has been done. */
type Turn = { item: StreamItem; before: Promise<void> | undefined; done: () => void };

/** Takes the records in, several at once, but the versions of one article one after the other. */
function take(deps: Deps, records: AsyncIterable<StreamItem>, sender: Sender): AsyncIterable<Taken> {
  const takeOne = async ({ item, before, done }: Turn): Promise<Taken> => {
    const { line } = item;
    if ("error" in item) return { line, error: item.error };
    await before;
    const id = sentId(item.value);
    const result = await takeRecord(deps, item.value, { line, ...(id === undefined ? {} : { id }) }, sender);
    done();
    return result;
  };
  return pMapIterable(inTurn(records), takeOne, { concurrency: STREAM_CONCURRENCY, backpressure: MAX_BATCH });
}

async function* inTurn(records: AsyncIterable<StreamItem>): AsyncIterable<Turn> {
  const lasts = new Map<string, Promise<void>>();
  for await (const item of records) {
    const id = "value" in item ? sentId(item.value) : undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      if (id !== undefined && lasts.get(id) === promise) lasts.delete(id);
      resolve();
    };
    const before = id === undefined ? undefined : lasts.get(id);
    if (id !== undefined) lasts.set(id, promise);
    yield { item, before, done };
  }
}

async function takeRecord(
  deps: Deps,
  value: unknown,
  place: { line: number; id?: string },
  { by, strict }: Sender,
): Promise<Taken> {
  try {
    const { site, now } = deps.services;
    const { article, warnings } = readArticle(value, { ...siteContext(site), now: now(), strict });
    return { ...place, outcome: await accept(deps, article, by, { strict }), warnings };
  } catch (error) {
    return { ...place, error };
  }
}

async function* answer(deps: Deps, results: AsyncIterable<Taken>, wait: boolean): AsyncIterable<Answer> {
  const urgent: string[] = [];
  const linger = () => deps.services.sleep(BATCH_LINGER_MS);
  for await (const batch of batched(results, MAX_BATCH, linger)) {
    const outcomes = batch.flatMap((result) => ("outcome" in result ? [result.outcome] : []));
    if (!wait) urgent.push(...outcomes.filter(isUrgent).map(({ id }) => id));
    const failure: unknown = await publishOutcomes(deps, wait ? outcomes : [], wait).then(
      () => undefined,
      (error: unknown) => error,
    );
    for (const result of batch) yield answerOf(deps, result, failure);
  }
  // At the end: a stream that stopped for each flash would be slower for all of them, and their events are on the way.
  while (urgent.length > 0) await publishIds(deps, urgent.splice(0, MAX_BATCH), false);
}

function answerOf({ services }: Deps, result: Taken, failure: unknown): Answer {
  const { line } = result;
  const error = "error" in result ? result.error : failure;
  const problem = error === undefined ? undefined : problemOf(services, error);
  if (!("outcome" in result)) {
    const { id } = result;
    return {
      line,
      ...(id === undefined ? {} : { id }),
      status: problem?.status ?? 500,
      ...(problem && { problem }),
    };
  }
  const { id, ...accepted } = acceptedOf(result.outcome, result.warnings);
  const status = problem?.status ?? (accepted.result === "created" ? 201 : 200);
  return { line, id, status, ...accepted, ...(problem && { problem }) };
}

async function* asLines(answers: AsyncIterable<Answer>): AsyncIterable<string> {
  for await (const item of answers) yield `${JSON.stringify(item)}\n`;
}

async function* asArray(answers: AsyncIterable<Answer>): AsyncIterable<string> {
  let before = "[\n";
  for await (const item of answers) {
    yield `${before}${JSON.stringify(item)}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

/**
 * Bytes of the lines. Work goes on while the client does not read, until so much waits for it: many clients read only
 * when they have sent everything, and both would wait for each other for ever.
 */
function streamOf({ services }: Deps, lines: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          // The client is gone, or what it sends is cut off; what was accepted stays.
          services.log("stream.failed", { error: String(error) });
          controller.error(error);
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_ANSWERS_BYTES }),
  );
}
