import { FlashwireError } from "../../core/errors.ts";
import { readInstant } from "../../core/instant.ts";
import { ask, isSameSite } from "../ask.ts";
import type { Item } from "../item.ts";
import type { Cursor, Known, Outside, Polled, Since, Source, Word } from "../kind.ts";
import { MAX_CAUGHT_UP, MAX_FEED_BYTES, MAX_POLLED_BYTES } from "../limits.ts";
import type { Feed } from "./entry.ts";
import { itemsOf } from "./items.ts";
import { readFeed } from "./read-feed.ts";
import { textOf } from "./text-of.ts";

/** The media types of feeds. A server that has several formats answers the best one of these. */
const ACCEPT =
  "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5";

/** A page of a feed; undefined where it is as it was. */
export async function fetchFeed(
  source: Source,
  outside: Outside,
  address: string,
  validators: Record<string, string> = {},
  maxUnpackedBytes = MAX_FEED_BYTES,
): Promise<(Feed & { validators: Cursor }) | undefined> {
  const asked = { accept: ACCEPT, ...validators };
  const { status, url, headers, ...answer } = await ask(source, outside, address, asked, {
    maxUnpackedBytes,
  });
  if (status === 304) {
    await answer.cancel();
    return undefined;
  }
  const feed = readFeed(textOf(await answer.bytes(), headers.get("content-type") ?? ""), url);
  const [etag, modified] = [headers.get("etag"), headers.get("last-modified")];
  return { ...feed, validators: { ...(etag !== null && { etag }), ...(modified !== null && { modified }) } };
}

/**
 * What the feed shows now. When it shows nothing that is known, older pages are read until one does: the source was away, or
 * has published much.
 */
export async function pollFeed(
  source: Source,
  outside: Outside,
  { cursor = {}, known, isWhole = false }: Since,
): Promise<Polled> {
  const first = await fetchFeed(
    source,
    outside,
    source.url,
    isWhole ? {} : validatorsOf(cursor),
    MAX_POLLED_BYTES,
  );
  if (first === undefined)
    return { items: [], cursor, missing: [], withdrawn: [], hasGap: false, hasMore: false };
  const { items } = itemsOf(first, source);
  const isKnown = (item: Item) => known.has(item.key);
  let older = first.older;
  let hasGap = known.size > 0 && items.length > 0 && !items.some(isKnown);
  for (let pages = 0; hasGap && older !== undefined && pages < MAX_CAUGHT_UP; pages++) {
    const page = await olderPage(source, outside, older);
    const more = page === undefined ? [] : itemsOf(page, source).items;
    const shown = new Set(items.map(({ key }) => key));
    items.push(...more.filter(({ key }) => !shown.has(key)));
    hasGap = !more.some(isKnown);
    older = page?.older;
  }
  return {
    items,
    cursor: first.validators,
    missing: missingFrom(items, known),
    withdrawn: [...first.withdrawn, ...first.entries.flatMap(withdrawnIn)],
    hasGap,
    hasMore: false,
  };
}

function validatorsOf({ etag, modified }: Cursor): Record<string, string> {
  return {
    ...(typeof etag === "string" ? { "if-none-match": etag } : {}),
    ...(typeof modified === "string" ? { "if-modified-since": modified } : {}),
  };
}

/** Undefined for a page that cannot be had. What the first page shows is still taken. */
async function olderPage(source: Source, outside: Outside, address: string): Promise<Feed | undefined> {
  try {
    return await fetchFeed(source, outside, address);
  } catch (error) {
    if (error instanceof FlashwireError) return undefined;
    throw error;
  }
}

const withdrawnIn = ({ guid, extension }: Feed["entries"][number]) =>
  guid !== undefined && extension?.withdrawn === true ? [guid] : [];

/** Known articles that are younger than the oldest one of the list and not in it. A list that is merely short tells nothing. */
function missingFrom(items: Item[], known: Since["known"]): string[] {
  const dates = items.flatMap((item) => ("record" in item ? (instantOf(item.record.published) ?? []) : []));
  const oldest = dates.length < 2 ? undefined : dates.reduce((a, b) => (a < b ? a : b));
  if (oldest === undefined) return [];
  const shown = new Set(items.map(({ key }) => key));
  return [...known].flatMap(([key, { published }]) =>
    published !== undefined && published > oldest && !shown.has(key) ? [key] : [],
  );
}

/** As `Known` has it, so that texts can be compared; undefined for what cannot be read. */
export function instantOf(date: unknown): string | undefined {
  if (typeof date !== "string") return undefined;
  const read = readInstant(date, "UTC");
  return "instant" in read ? read.instant : undefined;
}

/** A website's own word for an article is 410 alone: an address that leads nowhere may be a mistake. */
export async function askForPage(source: Source, outside: Outside, { url }: Known): Promise<Word> {
  try {
    const { allowsPrivate } = source;
    const answer = await outside.fetch(url, { allowsPrivate, method: "HEAD" });
    await answer.cancel();
    if (answer.status === 200) return "public";
    // Where another site answers, the article has moved or the name was sold.
    return answer.status === 410 && isSameSite(answer.url, url) ? "gone" : "unsure";
  } catch (error) {
    if (error instanceof FlashwireError) return "unsure";
    throw error;
  }
}
