import { documentKeysOf, feedOfDocument } from "../render/outputs.ts";
import { feedOf, windowKey } from "../repository/windows.ts";
import type { FileStore } from "../store/file/store.ts";

/*
 * Windows and documents of feeds can be made again from records, so nobody waits until the disk has them: see docs/decisions/0030.
 * All else is synced before its write is answered.
 */

export const isWindow = (key: string) => feedOf(key) !== undefined;
export const isDocument = (key: string) => feedOfDocument(key) !== undefined;

/** What the stores of a folder have not synced yet. */
export type Late = {
  /** Resolves when all that was written is on the disk, but for documents of feeds that `isRefused`. Rejects where the disk refuses more. */
  flush(): Promise<void>;
  /** The window and documents of this feed may not be on the disk: the next flush syncs them. */
  suspect(feed: string): void;
  /** Whether the last flush has left documents of this feed in memory, because the disk refused them. */
  isRefused(feed: string): boolean;
};

export function lateOf(newsroom: FileStore, site: FileStore): Late {
  return {
    async flush() {
      await Promise.all([newsroom.flush(), site.flush()]);
    },
    suspect(feed) {
      newsroom.suspect(windowKey(feed));
      for (const key of documentKeysOf(feed)) site.suspect(key);
    },
    isRefused: (feed) => documentKeysOf(feed).some((key) => site.isRefused(key)),
  };
}
