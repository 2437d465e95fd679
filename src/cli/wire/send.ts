import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { BACKOFF_MS, MAX_BACKOFF_MS } from "../../store/limits.ts";
import { type Place, placeText } from "../input/records.ts";
import { FIRST_PATIENCE_MS, MAX_ASKED_PAUSE_MS, SEND_PATIENCE_MS } from "../limits.ts";
import { AnswerError } from "./answer.ts";
import { LaterError, sendLines } from "./client.ts";
import type { Target } from "./target.ts";

/** A record on its way: where it stands, how many bytes had been read with it, and its JSON on one line. */
export type Outgoing = { place: Place; read: number; json: string };

/** What became of it. `repeated` when an earlier sending may have arrived without its answer. */
export type Sent = { record: Outgoing; result: Answer; repeated: boolean };

export type SendOptions = {
  wait: boolean;
  /** Have each record answered with what it would change, and none stored. */
  isDryRun?: boolean;
  /** Called when a wire that is there no longer takes records in, with what went wrong. */
  onLost(error: FlashwireError): void;
  /** The real one unless a test brings another. */
  clock?: Clock;
};

type Clock = { now(): number; sleep(milliseconds: number): Promise<unknown> };

/**
 * Sends batches one after the other, each until every record of it has an answer: ingest is idempotent, so what has
 * none is sent again, after the pause that the wire asks for. Throws `unavailable` when nothing has been taken in for too
 * long; the message names the first record without an answer.
 */
export function createSender(
  target: Target,
  { wait, isDryRun = false, onLost, clock = { now: Date.now, sleep } }: SendOptions,
) {
  let isThere = false;

  return async function* send(batch: Outgoing[]): AsyncGenerator<Sent> {
    try {
      yield* sendWhole(batch);
    } catch (error) {
      // A proxy on the way may take less than a wire does. Nothing of a body that is refused has been taken in.
      if (batch.length === 1 || !isTooLarge(error)) throw error;
      const half = Math.ceil(batch.length / 2);
      yield* send(batch.slice(0, half));
      yield* send(batch.slice(half));
    }
  };

  async function* sendWhole(batch: Outgoing[]): AsyncGenerator<Sent> {
    const open = new Set(batch);
    let heard = clock.now();
    for (let tries = 0; ; tries++) {
      const before = open.size;
      const failure = yield* attempt(target, open, { wait, isDryRun }, tries > 0);
      const hasMoved = open.size < before;
      isThere ||= hasMoved || failure instanceof LaterError;
      if (hasMoved) heard = clock.now();
      if (open.size === 0) return;
      if (clock.now() - heard > (isThere ? SEND_PATIENCE_MS : FIRST_PATIENCE_MS))
        throw givenUp(failure, open);
      if (isThere && (tries === 0 || hasMoved)) onLost(failure);
      await clock.sleep(Math.max(pauseBefore(tries), askedPause(failure)));
    }
  }
}

/** The wire says so by a problem document, and a proxy before the wire by its status alone. */
function isTooLarge(error: unknown): boolean {
  return error instanceof AnswerError
    ? error.code === "http-413"
    : error instanceof FlashwireError && error.code === "too-large";
}

/** What was not sent, and how to go on. */
function givenUp(failure: FlashwireError, open: Set<Outgoing>): FlashwireError {
  const [first] = open;
  if (first === undefined) return failure;
  const place = placeText(first.place);
  const count = open.size === 1 ? "One record has" : `${open.size} records have`;
  const detail = `${count} no answer, the first at ${place}, and what stands behind was not sent. Run the same command again when the wire takes records in: what it has stays as it is.`;
  return new FlashwireError("unavailable", `${failure.message} ${detail}`, [], { cause: failure });
}

/** Milliseconds. */
function askedPause(failure: FlashwireError): number {
  return failure instanceof LaterError ? Math.min(failure.pause ?? 0, MAX_ASKED_PAUSE_MS) : 0;
}

/** One request. Takes each record that gets its answer out of `open`; answers why others did not. */
async function* attempt(
  target: Target,
  open: Set<Outgoing>,
  how: { wait: boolean; isDryRun: boolean },
  repeated: boolean,
): AsyncGenerator<Sent, FlashwireError> {
  const records = [...open];
  let failure: FlashwireError = new FlashwireError(
    "unavailable",
    `${target.url} left records without an answer.`,
  );
  try {
    const lines = records.map(({ json }) => json);
    for await (const result of sendLines(target, lines, how)) {
      const record = records[result.line - 1];
      if (record === undefined) continue;
      if (isPassing(result.status)) failure = new LaterError(problemText(result));
      else if (open.delete(record)) yield { record, result, repeated };
    }
  } catch (error) {
    if (!(error instanceof FlashwireError && error.code === "unavailable")) throw error;
    failure = error;
  }
  return failure;
}

function problemText({ id, problem }: Answer): string {
  return `${id ?? "A record"} cannot be taken in now: ${problem?.detail ?? problem?.title}`;
}

/** Answers for one record that say nothing about the record. */
function isPassing(status: number): boolean {
  return status === 429 || status === 503;
}

/** Milliseconds: full jitter below a cap that doubles up to some seconds. */
function pauseBefore(tries: number): number {
  return Math.random() * Math.min(5 * MAX_BACKOFF_MS, 10 * BACKOFF_MS * 2 ** tries);
}
