import type { Accepted } from "../contract/answers.ts";
import { type FieldProblem, FlashwireError } from "../core/errors.ts";
import {
  type Incoming,
  ingest,
  isKill,
  isWritten,
  type Outcome,
  type Preconditions,
} from "../ingest/ingest.ts";
import { askForKillOf } from "../repository/schedule.ts";
import type { Deps, Left } from "./route.ts";

/** Takes a record in and writes down who sent it. */
export async function accept(
  { services }: Deps,
  incoming: Incoming,
  by: string,
  conditions: Preconditions = {},
): Promise<Outcome> {
  return noted({ services }, await ingest(services, incoming, conditions), by);
}

export function noted({ services }: Pick<Deps, "services">, outcome: Outcome, by: string): Outcome {
  const { id, version, result, etag } = outcome;
  // S3 names the ETag in its event: it leads from the request to its documents.
  if (isWritten(outcome)) services.log("article.accepted", { id, version, result, by, etag: bare(etag) });
  return outcome;
}

function bare(etag: string): string {
  return etag.replaceAll('"', "");
}

/** `warnings`: what reading the record told. */
export function acceptedOf(outcome: Outcome, warnings: FieldProblem[] = []): Accepted {
  const { id, version, result, feeds, due } = outcome;
  const all = [...outcome.warnings, ...warnings];
  return {
    id,
    version,
    result,
    feeds,
    ...(due !== undefined && { due }),
    ...(all.length > 0 && { warnings: all }),
  };
}

/** The status of the answer: 202 while documents may still show a killed article (RFC 9110 §15.3.3). */
export function statusOf({ result }: Outcome): number {
  return result === "created" ? 201 : result === "withdrawing" ? 202 : 200;
}

/** An outcome as the request ends. `failure`: for a client that waits for documents which could not be written. */
export type Finished = { outcome: Outcome; failure?: FlashwireError };

/**
 * Publishes inside the request what cannot wait for the event of its write: breaking news, kills, and the articles that the
 * client waits for. The event publishes again, so only a client that waits hears of a failure, and the sender of a kill: it is
 * `withdrawing` as long as a document may show the article, and the next tick finishes it before all other work.
 */
export async function publishOutcomes(deps: Deps, outcomes: Outcome[], wait: boolean): Promise<Finished[]> {
  const left = await publishNow(
    deps,
    outcomes.filter((outcome) => wait || isUrgent(outcome)),
  );
  const finish = async (outcome: Outcome): Promise<Finished> => {
    if (!left.has(outcome.id)) return { outcome };
    if (isKill(outcome)) return { outcome: await goesOn(deps, outcome) };
    if (!wait) return { outcome };
    const detail = "Accepted, and it will be published; the feeds could not be brought up to date just now.";
    return {
      outcome,
      failure: new FlashwireError("unavailable", detail, [], { cause: left.get(outcome.id) }),
    };
  };
  return Promise.all(outcomes.map(finish));
}

/** Publishes these articles; answers those that are left, with what went wrong. Rejects never. */
export async function publishNow({ services, publish }: Deps, outcomes: Outcome[]): Promise<Left> {
  const ids = [...new Set(outcomes.map(({ id }) => id))];
  if (ids.length === 0) return new Map();
  const kills = new Set(outcomes.filter(isKill).map(({ id }) => id));
  const left = await publish(ids, kills).catch((error: unknown) => new Map(ids.map((id) => [id, error])));
  const [error] = left.values();
  if (left.size > 0) services.log("publish.failed", { ids: [...left.keys()], error: String(error) });
  return left;
}

/** The kill is in the record. The note makes the tick do it first; without the note the event of the record does it. */
async function goesOn({ services }: Deps, outcome: Outcome): Promise<Outcome> {
  const { id } = outcome;
  await askForKillOf(services, id).catch((error: unknown) =>
    services.log("kill.failed", { id, error: String(error) }),
  );
  return { ...outcome, result: "withdrawing" };
}

/**
 * Whether the request publishes the article itself, and does not leave it to the event of its write: breaking news, and kills, also
 * a kill that was there before.
 */
export function isUrgent(outcome: Outcome): boolean {
  if (isKill(outcome)) return true;
  const { article } = outcome.record;
  const isBreaking = article.status === "published" && article.breaking !== undefined;
  return isWritten(outcome) && isBreaking && outcome.due === undefined;
}
