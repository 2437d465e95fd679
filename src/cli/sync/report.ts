import type { Batch } from "../../consumer/follow.ts";
import { SYNC_REPORT_MS } from "../limits.ts";
import { note, plain, printJson } from "../output/print.ts";
import type { News } from "./copy.ts";

/**
 * Tells what `sync` does: a line each second at the most, one for each story that was there and is killed, or comes back, and one
 * whenever the copy is up to date. Kills of stories that never were there are counted.
 */
export function createSyncReport(json: boolean) {
  let stories = 0;
  let others = 0;
  let told = 0;
  let isBehind = true;
  let trouble = "";
  return {
    batch(batch: Batch, news: News): void {
      const { kills, removed, behind, cursor } = batch;
      stories += batch.stories.length;
      trouble = "";
      if (json) {
        const ids = kills.map(({ id }) => id);
        const { back } = news;
        const stories = batch.stories.length;
        printJson({ stories, kills: ids, back, removed: removed.length, behind, cursor });
        return;
      }
      for (const { id, kind } of news.down) note(`${plain(id)} is ${kind}`);
      for (const id of news.back) note(`${plain(id)} is back`);
      others += news.others;
      const now = Date.now();
      const wasBehind = isBehind;
      isBehind = behind.changes > 0 || behind.pages > 0;
      if (isBehind ? now - told < SYNC_REPORT_MS : !wasBehind && stories === 0 && others === 0) return;
      told = now;
      note(
        `${count(stories, "story", "stories")} taken; ${killsOf(others)}${isBehind ? `${wordsOf(behind)} behind` : "up to date"}`,
      );
      stories = 0;
      others = 0;
    },
    /** Nothing is left to be done. */
    end(): void {
      if (!json) note("The copy is up to date.");
    },
    /** Tells each trouble once. */
    trouble(message: string): void {
      if (message === trouble) return;
      trouble = message;
      note(`${plain(message)} sync asks again.`);
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

const killsOf = (others: number) =>
  others === 0 ? "" : `${count(others, "kill", "kills")} of stories that were never here; `;

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
