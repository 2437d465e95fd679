import type { Accepted } from "../contract/answers.ts";
import { type FieldProblem, FlashwireError } from "../core/errors.ts";
import { type Incoming, ingest, isWritten, type Outcome, type Preconditions } from "../ingest/ingest.ts";
import type { Deps } from "./route.ts";

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

/** Whether the request wants a record with warnings to be refused. */
export function wantsStrict(url: string): boolean {
  const [said, ...others] = new URL(url).searchParams.getAll("strict");
  if (said === undefined || (said === "false" && others.length === 0)) return false;
  if (said === "true" && others.length === 0) return true;
  throw new FlashwireError("malformed", "strict can only be true or false, and only once: ?strict=true");
}

/** Whether the request wants its answer only when the documents are written. */
export function wantsPublished(url: string): boolean {
  const waits = new URL(url).searchParams.getAll("wait");
  if (waits.length === 0) return false;
  if (waits.length === 1 && waits[0] === "published") return true;
  throw new FlashwireError("malformed", "wait can only be published, and only once: ?wait=published");
}

/**
 * Publishes inside the request what cannot wait for the event of its write: breaking news, kills, and whatever the
 * client waits for. The event publishes again, so a failure is only told to a client that waits: it throws
 * `unavailable` then.
 */
export async function publishOutcomes(
  { services, publish }: Deps,
  outcomes: Outcome[],
  wait: boolean,
): Promise<void> {
  const ids = outcomes.filter((outcome) => wait || isUrgent(outcome)).map(({ id }) => id);
  await publishIds({ services, publish }, ids, wait);
}

/** The same for articles whose outcomes are not in memory any more. */
export async function publishIds(
  { services, publish }: Pick<Deps, "services" | "publish">,
  ids: string[],
  wait: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  try {
    await publish([...new Set(ids)]);
  } catch (cause) {
    services.log("publish.failed", { ids, error: String(cause) });
    const detail = "Accepted, and it will be published; the feeds could not be brought up to date just now.";
    if (wait) throw new FlashwireError("unavailable", detail, [], { cause });
  }
}

/** What does not wait for the event of its write: breaking news and kills. */
export function isUrgent(outcome: Outcome): boolean {
  const { article } = outcome.record;
  if (article.status === "withdrawn") return isWritten(outcome);
  return isWritten(outcome) && article.breaking !== undefined && outcome.due === undefined;
}
