import { setTimeout as sleep } from "node:timers/promises";
import { FlashwireError } from "../core/errors.ts";
import { BACKOFF_MS, FIRST_PATIENCE_MS, MAX_BACKOFF_MS, SEND_PATIENCE_MS } from "../core/limits.ts";
import { type Result, sendLines } from "./client.ts";
import type { Place } from "./records.ts";
import type { Target } from "./target.ts";

/** A record on its way: where it stands, how many bytes had been read with it, and its JSON on one line. */
export type Outgoing = { place: Place; read: number; json: string };

/** What became of it. `repeated` when an earlier sending may have arrived without its answer. */
export type Sent = { record: Outgoing; result: Result; repeated: boolean };

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
    let open = batch;
    let heard = Date.now();
    for (let tries = 0; open.length > 0; tries++) {
      const done = new Set<Outgoing>();
      let failure = new FlashwireError("unavailable", `${target.url} left records without an answer.`);
      try {
        const lines = open.map(({ json }) => json);
        for await (const result of sendLines(target, lines, options)) {
          const record = open[result.line - 1];
          if (record === undefined) continue;
          if (isPassing(result.status)) {
            failure = new FlashwireError("unavailable", result.problem?.detail ?? failure.message);
            continue;
          }
          done.add(record);
          yield { record, result, repeated: tries > 0 };
        }
      } catch (error) {
        if (!(error instanceof FlashwireError && error.code === "unavailable")) throw error;
        failure = error;
      }
      if (done.size > 0) {
        everHeard = true;
        heard = Date.now();
      }
      open = open.filter((record) => !done.has(record));
      if (open.length === 0) return;
      if (Date.now() - heard > (everHeard ? SEND_PATIENCE_MS : FIRST_PATIENCE_MS)) throw failure;
      if (everHeard && (tries === 0 || done.size > 0)) options.onLost(failure);
      await sleep(pauseBefore(tries));
    }
  };
}

/** Answers for one record that say nothing about the record. */
function isPassing(status: number): boolean {
  return status === 429 || status === 503;
}

/** Milliseconds: full jitter below a cap that doubles up to some seconds. */
function pauseBefore(tries: number): number {
  return Math.random() * Math.min(5 * MAX_BACKOFF_MS, 10 * BACKOFF_MS * 2 ** tries);
}
