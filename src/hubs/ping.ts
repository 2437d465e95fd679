import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import type { Fetched, FetchOptions, GuardedFetch } from "../fetch/fetch.ts";
import { shownUrl } from "../fetch/shown-url.ts";
import type { Log } from "../store/stores.ts";
import { requestsFor } from "./forms.ts";
import * as most from "./limits.ts";

export type PingDeps = {
  fetch: GuardedFetch;
  now(): number;
  log: Log;
  /** Whether there is no time for a further request. */
  isOver?(): boolean;
};

/** What became of the pings of one hub. */
export type Pinged = {
  /** The addresses of the topics that the hub has to be told of again. */
  left: string[];
  /** Why, in a sentence. */
  error?: string;
  /** The pause that the hub asks for, milliseconds. */
  retryAfterMs?: number;
};

/** What became of one request. */
type Outcome =
  | { is: "taken" }
  | { is: "refused"; words: string }
  | { is: "failed"; error: string; retryAfterMs?: number };

/**
 * Tells a hub that these topics have changed; never throws. A hub that answers 4xx does not want to know: that is logged
 * (`hub.refused`, once for all topics of the call) and forgotten. Where it answers 5xx, 408 or 429, or nothing, the topics
 * are left for another time, and no further request is begun.
 */
export async function pingHub(deps: PingDeps, hub: string, topics: string[]): Promise<Pinged> {
  const left: string[] = [];
  const refused: string[] = [];
  let failed: Extract<Outcome, { is: "failed" }> | undefined;
  let words = "";
  await pMap(
    requestsFor(hub, topics),
    async (request) => {
      if (failed === undefined && deps.isOver?.()) failed = { is: "failed", error: "The time was over." };
      const outcome = failed ?? (await ask(deps, hub, request.body));
      if (outcome.is === "failed") left.push(...request.topics);
      if (outcome.is === "failed") failed ??= outcome;
      if (outcome.is !== "refused") return;
      refused.push(...request.topics);
      words ||= outcome.words;
    },
    { concurrency: most.MAX_REQUESTS_AT_ONCE },
  );
  if (refused.length > 0)
    deps.log("hub.refused", { hub: shownUrl(hub), topics: refused.length, first: refused[0], words });
  if (failed === undefined) return { left };
  const { is: _, ...why } = failed;
  return { left, ...why };
}

const OPTIONS = {
  method: "POST",
  isHttpsOnly: true,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  limits: {
    totalMs: most.PING_MS,
    idleMs: most.PING_MS,
    maxRedirects: most.MAX_PING_REDIRECTS,
    maxBytes: most.MAX_ANSWER_BYTES,
    maxUnpackedBytes: most.MAX_ANSWER_BYTES,
  },
} satisfies FetchOptions;

async function ask(deps: PingDeps, hub: string, body: string): Promise<Outcome> {
  try {
    const answer = await deps.fetch(hub, { ...OPTIONS, body });
    const { status } = answer;
    const said = status < 300 ? await answer.cancel().then(() => "") : await wordsOf(answer);
    if (status < 300) return { is: "taken" };
    if (status < 500 && status !== 408 && status !== 429)
      return { is: "refused", words: `${status} ${said}`.trim() };
    const pause = retryAfterMs(answer.headers.get("retry-after"), deps.now());
    const error = `${shownUrl(hub)} answered ${status}${said === "" ? "" : `: ${said}`}`;
    return { is: "failed", error, ...(pause === undefined ? {} : { retryAfterMs: pause }) };
  } catch (error) {
    // The fetch refuses an address by itself for a reason that holds the next time, too.
    const isLasting = error instanceof FlashwireError && error.code === "invalid";
    const message = error instanceof Error ? error.message : String(error);
    return isLasting ? { is: "refused", words: message } : { is: "failed", error: message };
  }
}

/** The beginning of an answer in one line; nothing where it cannot be read. */
async function wordsOf(answer: Fetched): Promise<string> {
  const location = answer.headers.get("location");
  const moved =
    location === null ? "" : `moved to ${shownUrl(URL.parse(location, answer.url)?.href ?? "")}. `;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      if (chunks.reduce((sum, one) => sum + one.byteLength, 0) > most.MAX_WORDS * 4) break;
    }
  } catch {
    // The status says enough.
  }
  const line = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/[\s\p{Cc}]+/gu, " ");
  return `${moved}${line}`.trim().slice(0, most.MAX_WORDS).toWellFormed();
}

/** Retry-After: seconds or a date (RFC 9110 §10.2.3). Undefined for what is neither. */
function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const wanted = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(wanted) ? undefined : Math.min(Math.max(wanted, 0), most.MAX_RETRY_AFTER_MS);
}
