import { type Feed, placements } from "../../src/core/feed.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import {
  addToShelves,
  closeRebuild,
  emptyShelves,
  emptyWindow,
  fold,
  openForRebuild,
  type Shelves,
  type Window,
} from "../../src/core/window.ts";
import { referencesIn } from "../../src/core/window-items.ts";
import { TEST_SITE } from "./articles.ts";

/** What happens to a rebuild: it begins, it reads one record, it ends. */
export type RebuildStep = { do: "open" } | { do: "finish" } | { do: "scan"; id: string };

/** One feed, its records, and the rebuild that is under way. `trimmed`: what the wire drops before it writes a window. */
export function feedAndRebuild(feed: Feed, trimmed = (window: Window) => window) {
  const records = new Map<string, StoredRecord>();
  let window = emptyWindow(feed);
  let tokens = 0;
  let rebuild: { token: string; found: Shelves; left: Set<string> } | undefined;

  function scan(id: string): void {
    if (!rebuild?.left.delete(id)) return;
    const record = records.get(id) as StoredRecord;
    rebuild.found = addToShelves(TEST_SITE, feed, rebuild.found, record, placements(TEST_SITE, record));
  }

  function finish(): void {
    if (rebuild === undefined) return;
    for (const id of rebuild.left) scan(id);
    const { found, token } = rebuild;
    const ids = [...referencesIn(found), ...referencesIn(window)].map(({ id }) => id);
    const folded = ids.reduce((next, id) => fold(TEST_SITE, feed, next, id, records.get(id)), window);
    window = trimmed(closeRebuild(folded, found, token));
    rebuild = undefined;
  }

  return {
    records,
    window: () => window,
    store(id: string, record: StoredRecord): void {
      records.set(id, record);
      window = trimmed(fold(TEST_SITE, feed, window, id, record));
    },
    run(step: RebuildStep): void {
      if (step.do === "open") {
        rebuild = { token: String(tokens++), found: emptyShelves(), left: new Set(records.keys()) };
        window = openForRebuild(feed, window, rebuild.token);
      } else if (step.do === "finish") finish();
      else scan(step.id);
    },
  };
}
