import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { BACKOFF_MS, MAX_BACKOFF_MS } from "../../store/limits.ts";
import type { Place } from "../input/records.ts";
import { FIRST_PATIENCE_MS, SEND_PATIENCE_MS } from "../limits.ts";
import { AnswerError } from "./answer.ts";
import { sendLines } from "./client.ts";
import type { Target } from "./target.ts";

/** A record on its way: where it stands, how many bytes had been read with it, and its JSON on one line. */
export type Outgoing = { place: Place; read: number; json: string };

/** What became of it. `repeated` when an earlier sending may have arrived without its answer. */
export type Sent = { record: Outgoing; result: Answer; repeated: boolean };

export type SendOptions = {
  wait: boolean;
  /** Called when a wire that has answered before no longer does, with what went wrong. */
  onLost(error: FlashwireError): void;
};

/**
 * Sends batches one after the other, each until every record of it has an answer: ingest is idempotent, so what has
 * none is sent again. Throws `unavailable` when nothing has been heard for too long.
 */
export function createSender(target: Target, options: SendOptions) {
  let everHeard = false;

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
    let heard = Date.now();
    for (let tries = 0; ; tries++) {
      const before = open.size;
      const failure = yield* attempt(target, open, options.wait, tries > 0);
      if (open.size < before) {
        everHeard = true;
        heard = Date.now();
      }
      if (open.size === 0) return;
      if (Date.now() - heard > (everHeard ? SEND_PATIENCE_MS : FIRST_PATIENCE_MS)) throw failure;
      if (everHeard && (tries === 0 || open.size < before)) options.onLost(failure);
      await sleep(pauseBefore(tries));
    }
  }
}

/** With a problem document as the wire answers it, or in the words of whoever stands before the wire. */
function isTooLarge(error: unknown): boolean {
  return error instanceof AnswerError
    ? error.code === "http-413"
    : error instanceof FlashwireError && error.code === "too-large";
}

/** One request. Takes each record that gets its answer out of `open`; answers why others did not. */
async function* attempt(
  target: Target,
  open: Set<Outgoing>,
  wait: boolean,
  repeated: boolean,
): AsyncGenerator<Sent, FlashwireError> {
  const records = [...open];
  let failure = new FlashwireError("unavailable", `${target.url} left records without an answer.`);
  try {
    const lines = records.map(({ json }) => json);
    for await (const result of sendLines(target, lines, { wait })) {
      const record = records[result.line - 1];
      if (record === undefined) continue;
      if (isPassing(result.status)) failure = new FlashwireError("unavailable", problemText(result));
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
