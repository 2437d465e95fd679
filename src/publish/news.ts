import pMap from "p-map";
import { decodeArticleId } from "../core/article-id.ts";
import { lastSeq, type Open, type Page } from "../core/change-log.ts";
import { resolveFeed } from "../core/feed.ts";
import { PAGE_CHANGES } from "../core/limits.ts";
import { foldNews, type News, type NewsFound, newsOf } from "../core/news.ts";
import { newsSitemap } from "../render/news-sitemap.ts";
import { documentKeysOf, sitemapOutput } from "../render/outputs.ts";
import { readLogPage, readOpen } from "../repository/change-log.ts";
import { isStored, putDocument } from "../repository/documents.ts";
import { RECORDS_AT_ONCE } from "../repository/limits.ts";
import { putNews, readNews } from "../repository/news.ts";
import { findRecord } from "../repository/records.ts";
import { readWindow } from "../repository/windows.ts";
import { compareAndSwap } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Changed } from "./feed-work.ts";
import { NEWS_PAGES } from "./limits.ts";
import type { Press } from "./press.ts";

/** Which stories are looked at: these alone, or all that the change log tells, and these. */
export type NewsWork = { ids: Iterable<string>; followsLog: boolean };

/** `isPart`: the log tells more than one look reads. */
export type NewsReport = { changed: Changed[]; news: News; isPart: boolean };

/**
 * Brings the list of the last days' stories and the sitemap for news up to date. The ETag of the sitemap is read before the list, the
 * list before the records: a writer that is overtaken begins again. Safe to repeat, and to run by many at once.
 */
export function writeNews(press: Press, work: NewsWork): Promise<NewsReport> {
  return compareAndSwap(press, async () => {
    const output = sitemapOutput();
    const seen = await press.stores.published.head(output.key);
    const { news: before, found } = await readNews(press);
    const { ids, place, isPart }: Behind = work.followsLog ? await behind(press, before) : NOTHING_BEHIND;
    const [told, asked] = [
      await readAll(press, new Set(ids), true),
      await readAll(press, new Set(work.ids), false),
    ];
    const records = new Map([...told, ...asked]);
    const news = foldNews({ ...before, ...place }, records, press.now());
    if (JSON.stringify(news) !== JSON.stringify(before) && (await putNews(press, news, found)) === CONFLICT)
      return CONFLICT;
    const report = { news, isPart };
    const body = Buffer.from(newsSitemap(press.site, news));
    if (isStored(press, output, body, seen)) return { ...report, changed: [] };
    const etag = await putDocument(press, output, body, seen);
    return etag === CONFLICT ? CONFLICT : { ...report, changed: [{ key: output.key, etag }] };
  });
}

/** With `skips`, a record that the store does not give is left to the audit, so that it holds up no other story. */
async function readAll(
  press: Press,
  ids: ReadonlySet<string>,
  skips: boolean,
): Promise<Map<string, NewsFound>> {
  const found = new Map<string, NewsFound>();
  const read = async (id: string) => {
    try {
      const record = await findRecord(press, id);
      found.set(id, record === undefined ? {} : newsOf(press.site, record));
    } catch (error) {
      if (!skips) throw error;
      press.log("news.failed", { id, error: String(error) });
    }
  };
  await pMap(ids, read, { concurrency: RECORDS_AT_ONCE });
  return found;
}

type Behind = { ids: string[]; isPart: boolean; place?: { epoch: string; seq: number } };

const NOTHING_BEHIND: Behind = { ids: [], isPart: false };

/** The articles of the changes behind the list, and how far in the log they go. */
async function behind(press: Press, news: News): Promise<Behind> {
  const { open } = await readOpen(press);
  if (open === undefined) return NOTHING_BEHIND;
  const { epoch } = open;
  if (news.epoch !== epoch) {
    // The epoch before told of more than this one does: so the list itself is read again, and the newest stories.
    const ids = [...news.items.map(({ id }) => id), ...(await newestIds(press)), ...idsIn([open])];
    return { ids, place: { epoch, seq: lastSeq(open) }, isPart: false };
  }
  const pages = await pagesBehind(press, open, news.seq);
  const ids = idsIn(pages, news.seq);
  const end = pages.at(-1) ?? open;
  return { ids, place: { epoch, seq: Math.max(news.seq, lastSeq(end)) }, isPart: end !== open };
}

/** The pages that hold changes behind `seq`, oldest first, at most so many. The audit finds what stood on a page that is lost. */
async function pagesBehind(press: Press, open: Open, seq: number): Promise<Page[]> {
  const size = press.pageChanges ?? PAGE_CHANGES;
  const [from, to] = [Math.floor(seq / size), Math.floor((open.first - 1) / size)];
  const count = Math.min(Math.max(0, to - from), NEWS_PAGES);
  const numbers = Array.from({ length: count }, (_, i) => from + i);
  const read = async (number: number): Promise<Page> =>
    (await readLogPage(press, open.epoch, number)) ?? {
      ...{ epoch: open.epoch, first: (number + 1) * size + 1, changes: [] },
    };
  const closed = await pMap(numbers, read, { concurrency: NEWS_PAGES });
  return to - from > NEWS_PAGES ? closed : [...closed, open];
}

function idsIn(pages: Page[], after = 0): string[] {
  return pages.flatMap(({ changes }) =>
    changes.flatMap(({ seq, id }) => (seq > after ? (decodeArticleId(id) ?? []) : [])),
  );
}

/** The stories of the first feed of the site file, where there is one. */
async function newestIds(press: Press): Promise<string[]> {
  const [first] = press.site.feeds;
  const feed = first && resolveFeed(press.site, first.name);
  if (feed === undefined) return [];
  const { window } = await readWindow(press, feed, documentKeysOf(feed.name));
  return window.entries.items.map(({ id }) => id);
}
