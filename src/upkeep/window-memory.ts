import { LRUCache } from "lru-cache";
import type { Feed } from "../core/feed.ts";
import type { Window } from "../core/window.ts";
import { sizeOf } from "../core/window-items.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_AUDIT_REFERENCES, SETTLED_MS } from "./limits.ts";

export type SeenWindow = { feed: Feed; window: Window };

/**
 * Windows that the audit has read, for the next pages of records: most records of an archive belong to the same feeds.
 * A window is forgotten before a record that it does not show yet counts as settled, so that no record seems behind
 * which was written after the window was read.
 */
export type WindowMemory = {
  get(name: string): SeenWindow | undefined;
  set(name: string, seen: SeenWindow): void;
  clear(): void;
};

export function createWindowMemory({ now }: Pick<UpkeepDeps, "now">): WindowMemory {
  const windows = new LRUCache<string, SeenWindow & { readAt: number }>({
    maxSize: MAX_AUDIT_REFERENCES,
    sizeCalculation: ({ window }) => 1 + sizeOf(window),
  });
  return {
    get(name) {
      const seen = windows.get(name);
      // A clock may have gone back since.
      const age = seen === undefined ? Infinity : Math.abs(now() - seen.readAt);
      return age < SETTLED_MS / 2 ? seen : undefined;
    },
    set: (name, seen) => void windows.set(name, { ...seen, readAt: now() }),
    clear: () => windows.clear(),
  };
}
