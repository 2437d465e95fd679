import { pMapIterable } from "p-map";
import type { Answer, Preview } from "../../contract/answers.ts";
import { sentId } from "../../core/article-id.ts";
import type { FieldProblem } from "../../core/errors.ts";
import { MAX_BATCH } from "../../core/limits.ts";
import { isKill, type Outcome, preview } from "../../ingest/ingest.ts";
import { STREAM_BYTES, STREAM_CONCURRENCY } from "../../ingest/limits.ts";
import { previewOf } from "../../render/preview.ts";
import { readRecords } from "../../stream/read.ts";
import type { StreamItem } from "../../stream/records.ts";
import { readArticle, siteContext } from "../../validate/article.ts";
import { answerStream } from "../answer-stream.ts";
import { type Caller, demand, scopeFor } from "../auth.ts";
import { batched } from "../batches.ts";
import { chunksOf, streamType } from "../body.ts";
import { BATCH_LINGER_MS } from "../limits.ts";
import { refuseOtherParameters, wantsDryRun, wantsPublished, wantsStrict } from "../parameters.ts";
import { problemOf } from "../problem.ts";
import type { Deps } from "../route.ts";
import {
  accept,
  acceptedOf,
  type Finished,
  isUrgent,
  publishNow,
  publishOutcomes,
  statusOf,
} from "../take-article.ts";

/** The caller; whether a warning counts as an error; and whether the caller only asks what would happen. */
type Sender = { by: Caller; strict: boolean; isDryRun: boolean };

type Taken = { line: number; id?: string } & (
  | { outcome: Outcome; warnings: FieldProblem[]; preview?: Preview }
  | { error: unknown }
);

/**
 * POST /articles: one record or many, one answer each, in their order; the good ones are kept when others are bad.
 * Neither the records nor the answers are ever all in memory. The first answers go out while the last records come in.
 * The content says how the records stand in it, the media type how their answers do.
 */
export async function postArticles(deps: Deps, request: Request, by: Caller): Promise<Response> {
  refuseOtherParameters(request.url, "wait", "strict", "dry-run");
  const type = streamType(request.headers);
  const wait = wantsPublished(request.url);
  const sender = { by, strict: wantsStrict(request.url), isDryRun: wantsDryRun(request.url) };
  const isArray = type === "json";
  const rules = { promisesLines: !isArray, unpacks: false, mayBeBlank: !isArray };
  const records = readRecords(() => chunksOf(request), rules);
  // Lines may come one by one from a client that reads the answer to each of them first.
  const isLive = !isArray && !request.headers.has("content-encoding");
  const results = take(deps, isLive ? records : await refuseWhole(records), sender);
  const answers = answer(deps, results, wait);
  return answerStream(deps.services, answers, isArray ? "application/json" : "application/x-ndjson");
}

/** A body that cannot be read from its beginning gets an answer of its own, with a status that says so. */
async function refuseWhole(records: AsyncGenerator<StreamItem>): Promise<AsyncIterable<StreamItem>> {
  const first = await records.next();
  if (!first.done && "error" in first.value && first.value.end === undefined) {
    await records.return(undefined);
    throw first.value.error;
  }
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* records;
    } finally {
      await records.return(undefined);
    }
  })();
}

/** A record, what must be over before it is taken in, and whom to tell when that has been done. */
type Turn = { item: StreamItem; before: Promise<void> | undefined; done: () => void };

/** Takes the records in, several at once, but the versions of one article one after the other. */
function take(deps: Deps, records: AsyncIterable<StreamItem>, sender: Sender): AsyncIterable<Taken> {
  const takeOne = async ({ item, before, done }: Turn): Promise<Taken> => {
    const { line } = item;
    if ("error" in item) {
      done();
      return { line, error: item.error };
    }
    await before;
    const id = sentId(item.value);
    const result = await takeRecord(deps, item.value, { line, ...(id === undefined ? {} : { id }) }, sender);
    done();
    return result;
  };
  return pMapIterable(inTurn(records), takeOne, {
    concurrency: STREAM_CONCURRENCY,
    backpressure: Math.max(STREAM_CONCURRENCY, MAX_BATCH),
  });
}

/** The records with their turns; the next one comes when there is room for its bytes beside those that are worked on. */
async function* inTurn(records: AsyncIterable<StreamItem>): AsyncIterable<Turn> {
  const lasts = new Map<string, Promise<void>>();
  let at = 0;
  let bytes = 0;
  let wake = () => {};
  for await (const item of records) {
    const size = (item.end ?? at) - at;
    at += size;
    while (bytes > 0 && bytes + size > STREAM_BYTES) {
      const room = Promise.withResolvers<void>();
      wake = room.resolve;
      await room.promise;
    }
    bytes += size;
    const id = "value" in item ? sentId(item.value) : undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      if (id !== undefined && lasts.get(id) === promise) lasts.delete(id);
      bytes -= size;
      wake();
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
  { by, strict, isDryRun }: Sender,
): Promise<Taken> {
  try {
    const { site, now } = deps.services;
    const { read = readArticle } = deps;
    const { article, warnings } = await read(value, { ...siteContext(site), now: now(), strict });
    demand({ ...by, asks: { ...by.asks, ...place } }, scopeFor(article));
    if (!isDryRun) return { ...place, outcome: await accept(deps, article, by.name, { strict }), warnings };
    const { outcome, before } = await preview(deps.services, article, { strict });
    return { ...place, outcome, warnings, preview: previewOf(site, before, outcome.record) };
  } catch (error) {
    return { ...place, error };
  }
}

async function* answer(deps: Deps, results: AsyncIterable<Taken>, wait: boolean): AsyncIterable<Answer> {
  const urgent: Outcome[] = [];
  const linger = () => deps.services.sleep(BATCH_LINGER_MS);
  for await (const batch of batched(results, MAX_BATCH, linger)) {
    const outcomes = batch.flatMap((result) =>
      "outcome" in result && result.preview === undefined ? [result.outcome] : [],
    );
    if (!wait) urgent.push(...outcomes.filter((outcome) => isUrgent(outcome) && !isKill(outcome)));
    // A kill is answered when it is done.
    const awaited = outcomes.filter((outcome) => wait || isKill(outcome));
    const finished = await publishOutcomes(deps, awaited, wait);
    const ends = new Map(awaited.map((outcome, i) => [outcome, finished[i]]));
    for (const result of batch) yield answerOf(deps, result, ends);
  }
  // At the end: a stream that stopped for each flash would be slower for all of them, and their events are on the way.
  while (urgent.length > 0) await publishNow(deps, urgent.splice(0, MAX_BATCH));
}

function answerOf(
  { services }: Deps,
  result: Taken,
  ends: ReadonlyMap<Outcome, Finished | undefined>,
): Answer {
  const { line } = result;
  const end = "outcome" in result ? (ends.get(result.outcome) ?? { outcome: result.outcome }) : undefined;
  const error = "error" in result ? result.error : end?.failure;
  const problem = error === undefined ? undefined : problemOf(services, error);
  if (!("outcome" in result) || end === undefined) {
    const { id } = result;
    return {
      line,
      ...(id === undefined ? {} : { id }),
      status: problem?.status ?? 500,
      ...(problem && { problem }),
    };
  }
  const { id, ...accepted } = acceptedOf(end.outcome, result.warnings);
  const status = problem?.status ?? statusOf(end.outcome);
  const { preview } = result;
  return { line, id, status, ...accepted, ...(preview && { preview }), ...(problem && { problem }) };
}
