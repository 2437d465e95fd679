import type { Batch } from "../../consumer/follow.ts";
import { SYNC_REPORT_MS } from "../limits.ts";
import { note, plain, printJson } from "../output/print.ts";

/** Tells what `sync` does: a line each second at the most, one for each kill, and one whenever the copy is up to date. */
export function createSyncReport(json: boolean) {
  let stories = 0;
  let told = 0;
  let isBehind = true;
  let trouble = "";
  return {
    batch(batch: Batch): void {
      const { kills, removed, behind, cursor } = batch;
      stories += batch.stories.length;
      trouble = "";
      if (json) {
        const ids = kills.map(({ id }) => id);
        printJson({ stories: batch.stories.length, kills: ids, removed: removed.length, behind, cursor });
        return;
      }
      for (const { id, kind } of kills) note(`${plain(id)} is ${kind}`);
      const now = Date.now();
      const wasBehind = isBehind;
      isBehind = behind.changes > 0 || behind.pages > 0;
      if (isBehind ? now - told < SYNC_REPORT_MS : !wasBehind && stories === 0) return;
      told = now;
      note(
        `${count(stories, "story", "stories")} taken; ${isBehind ? `${wordsOf(behind)} behind` : "up to date"}`,
      );
      stories = 0;
    },
    /** Nothing is left to be done. */
    end(): void {
      if (!json) note("The copy is up to date.");
    },
    /** The same trouble is told once. */
    trouble(message: string): void {
      if (message === trouble) return;
      trouble = message;
      note(`${plain(message)} It is asked again.`);
    },
  };
}

function wordsOf({ changes, pages, seconds }: Batch["behind"]): string {
  const parts = [
    ...(pages > 0 ? [count(pages, "page of the snapshot", "pages of the snapshot")] : []),
    ...(changes > 0 ? [count(changes, "change", "changes")] : []),
    ...(seconds !== undefined ? [`${Math.round(seconds).toLocaleString("en-US")} s`] : []),
  ];
  return parts.join(", ");
}

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
