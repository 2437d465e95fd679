import type { Topic } from "../../hubs/topics.ts";

/** The topics that one hub has to be told of, and when. */
export type HubTopics = {
  /** The topic changed: caches may answer with what was there before until `at`, milliseconds since 1970. */
  add(topic: Topic, at: number): void;
  /** Those whose time has come. They are in work until `done`. */
  take(now: number): Topic[];
  /** These are no longer in work; those in `left` come back at `at`. */
  done(taken: Topic[], left: ReadonlySet<string>, at: number): void;
  has(key: string): boolean;
  /** When the next one is due; undefined when there is none. */
  next(): number | undefined;
  size(): number;
};

export function createHubTopics(): HubTopics {
  /** `last`: the end of the latest change; the hub hears of the first change in time and of the last one for certain. */
  const waiting = new Map<string, { topic: Topic; due: number; last: number }>();
  const inWork = new Set<string>();

  function add(topic: Topic, at: number): void {
    const known = waiting.get(topic.key);
    waiting.set(topic.key, {
      topic,
      due: Math.min(known?.due ?? at, at),
      last: Math.max(known?.last ?? at, at),
    });
  }

  return {
    add,
    take(now) {
      const due = [...waiting.values()].filter((one) => one.due <= now);
      for (const { topic, last } of due) {
        waiting.delete(topic.key);
        inWork.add(topic.key);
        if (last > now) add(topic, last);
      }
      return due.map(({ topic }) => topic);
    },
    done(taken, left, at) {
      for (const topic of taken) {
        inWork.delete(topic.key);
        if (left.has(topic.url)) add(topic, at);
      }
    },
    has: (key) => waiting.has(key) || inWork.has(key),
    next() {
      if (waiting.size === 0) return undefined;
      return [...waiting.values()].reduce((least, { due }) => Math.min(least, due), Number.POSITIVE_INFINITY);
    },
    size: () => waiting.size,
  };
}
