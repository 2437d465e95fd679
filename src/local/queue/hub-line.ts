import { type PingDeps, pingHub } from "../../hubs/ping.ts";
import type { Topic } from "../../hubs/topics.ts";
import type { Services } from "../../services.ts";
import { MAX_HUB_TOPICS, RETRY_MS } from "../limits.ts";
import { createPause, longer } from "./backoff.ts";
import { createHubTopics } from "./hub-topics.ts";

export type LineDeps = Pick<Services, "sleep" | "now" | "log"> & Pick<PingDeps, "fetch">;

/** What one hub is told, one batch after the other. Hubs do not wait for each other. */
export type HubLine = {
  /** The hub is to be told at `at`, milliseconds since 1970, or when it is back. */
  add(topic: Topic, at: number): void;
  /** Whether the hub has not been told of the document with this key. */
  has(key: string): boolean;
  close(): Promise<void>;
};

/** `onTold` is called after each batch with the keys that were in it, told or not. */
export function startHubLine(
  deps: LineDeps,
  hub: string,
  onTold: (keys: string[]) => Promise<void>,
): HubLine {
  const { log, now } = deps;
  const topics = createHubTopics();
  const pause = createPause(deps);
  const closing = new AbortController();
  const isClosed = () => closing.signal.aborted;
  const fetch: PingDeps["fetch"] = (url, options) => deps.fetch(url, { ...options, signal: closing.signal });
  let failures = 0;
  let notBefore = 0;
  let wakesAt = 0;
  let isFull = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      for (let next = topics.next(); next !== undefined && !isClosed(); next = topics.next()) {
        wakesAt = Math.max(next, notBefore);
        if (wakesAt > now()) await pause.take(wakesAt - now());
        else await tell();
      }
    } catch (error) {
      log("hub.failed", { hub, error: String(error) });
    } finally {
      // In the same turn as the last look at the topics: a topic that comes later starts the next run.
      running = undefined;
    }
  }

  async function tell(): Promise<void> {
    const taken = topics.take(now());
    const urls = taken.map(({ url }) => url);
    const { left, error, retryAfterMs = 0 } = await pingHub({ fetch, now, log }, hub, urls);
    if (!isClosed()) noteState(error, left.length);
    notBefore = error === undefined ? 0 : now() + Math.max(retryAfterMs, longer(RETRY_MS, failures - 1));
    topics.done(taken, new Set(left), notBefore);
    await onTold(taken.map(({ key }) => key));
  }

  /** A hub that is down for a day is two lines of the log. */
  function noteState(error: string | undefined, left: number): void {
    if (error !== undefined && failures === 0) log("hub.failed", { hub, topics: left, error });
    if (error === undefined && failures > 0) log("hub.back", { hub, failures });
    failures = error === undefined ? 0 : failures + 1;
  }

  /** With more topics a hub that is down would fill the memory; it is told of these at their next change. */
  function hasRoom({ key }: Topic): boolean {
    const wasFull = isFull;
    isFull = topics.size() >= MAX_HUB_TOPICS;
    if (isFull && !wasFull) log("hub.full", { hub, topics: topics.size() });
    return !isFull || topics.has(key);
  }

  return {
    add(topic, at) {
      if (isClosed() || !hasRoom(topic)) return;
      topics.add(topic, at);
      if (Math.max(at, notBefore) < wakesAt) pause.end();
      running ??= run();
    },
    has: topics.has,
    async close() {
      closing.abort();
      pause.end();
      await running;
    },
  };
}
