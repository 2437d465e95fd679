import { readDate } from "../dates.ts";
import { headlineOf } from "../headline.ts";
import { idOfGuid } from "../identity.ts";
import type { Item, SourceSettings } from "../item.ts";
import { MAX_STANDFIRST } from "../limits.ts";
import { defined, orNone, wordsOf } from "../words.ts";
import type { Channel, Entry } from "./entry.ts";
import { extensionFields } from "./extension.ts";

/** What an entry becomes. */
export function itemOf(entry: Entry, channel: Channel, source: SourceSettings): Item {
  const repaired: string[] = [];
  const url = absolute(entry.url, entry.base);
  const guid = entry.guid ?? url;
  const where = url ?? entry.guid ?? "an entry without an address";
  if (guid === undefined) {
    return {
      key: where,
      where,
      skipped: "The entry has neither a guid nor an address, so nobody can know it again.",
    };
  }
  const { extension = {} } = entry;
  if (extension.withdrawn === true) return { key: guid, where, skipped: "The source has withdrawn it." };
  if (entry.guid === undefined) repaired.push("The entry has no guid; its address is taken for one.");
  const page = url ?? absolute(channel.home, entry.base);
  if (url === undefined) repaired.push("The entry has no address; that of the website is taken.");
  const texts = textsOf(entry);
  const published = dateOf(entry, source.timeZone);
  if (published.repaired !== undefined) repaired.push(published.repaired);
  const pictures = entry.media.flatMap(({ alt, caption }) => alt ?? caption ?? []);
  const headline = headlineOf(entry.title, [texts.summary, texts.body, ...pictures], url);
  if (headline.repaired !== undefined) repaired.push(headline.repaired);
  return {
    key: guid,
    where,
    repaired,
    record: {
      ...defined({
        url: page,
        headline: headline.headline,
        ...texts,
        language: entry.language ?? channel.language ?? source.language,
        section: source.section,
        tags: orNone(entry.tags.filter(({ name }) => name.trim() !== "")),
        authors: orNone(authorsOf(entry, channel)),
        published: published.date,
        updated: readDate(entry.updated, source.timeZone)?.date ?? entry.updated,
        media: orNone(mediaOf(entry)),
        related: orNone(entry.related),
        places: orNone(
          entry.places.flatMap(({ name, lat, lon }) => (name === undefined ? [] : [{ name, lat, lon }])),
        ),
        source: entry.source,
        rights: rightsOf(entry, channel, source),
      }),
      ...(entry.extension === undefined ? {} : extensionFields(entry)),
      id: idOfGuid(guid, source.idPrefix),
      guid,
    },
  };
}

/** Which of its texts is the article, and which is about it. */
function textsOf({ summary, content, isPlainSummary = false }: Entry): { summary?: string; body?: string } {
  if (content !== undefined)
    return defined({ body: content, summary: shorter(summary, content, isPlainSummary) });
  if (summary === undefined || isPlainSummary) return defined({ summary });
  const isArticle =
    summary.length > MAX_STANDFIRST || /<(p|div|h[1-6]|ul|ol|blockquote|figure|img)[\s>]/i.test(summary);
  return isArticle ? { body: summary } : { summary };
}

/** Many feeds put the same text into both. */
function shorter(summary: string | undefined, content: string, isPlain: boolean): string | undefined {
  if (summary === undefined) return undefined;
  const words = isPlain ? summary : wordsOf(summary);
  if (words === "" || words.length >= wordsOf(content).length) return undefined;
  return words;
}

/** When the entry was published; of its change where that alone can be read. Without a date it has that of its first import. */
function dateOf(
  { published, updated }: Entry,
  timeZone: string | undefined,
): { date?: string; repaired?: string } {
  const read = readDate(published, timeZone);
  if (read !== undefined) {
    if (!read.isWithoutZone) return read;
    const zone = timeZone ?? "UTC";
    return {
      date: read.date,
      repaired: `The date ${shown(published)} names no zone; it is read as ${zone}.`,
    };
  }
  const why =
    published === undefined ? "The entry has no date" : `The date ${shown(published)} cannot be read`;
  const changed = readDate(updated, timeZone);
  return changed === undefined
    ? { repaired: `${why}; the time of the first import is taken.` }
    : { date: changed.date, repaired: `${why}; that of its change is taken.` };
}

const shown = (text = "") => JSON.stringify(text.slice(0, 100));

function authorsOf({ authors }: Entry, channel: Channel) {
  const named = (authors.length > 0 ? authors : channel.authors).filter(({ name }) => name?.trim());
  return named.map(({ name, email, url }) => defined({ name, email, url }));
}

function mediaOf({ media, base }: Entry) {
  return media.map(({ renditions, ...medium }) => ({
    ...placed(medium, base),
    ...(renditions === undefined ? {} : { renditions: renditions.map((size) => placed(size, base)) }),
  }));
}

/** A medium whose type says no more than its kind has the type that its name tells the door. */
function placed<T extends { url: string; type?: string }>({ type, ...medium }: T, base: string) {
  return {
    ...medium,
    url: absolute(medium.url, base) ?? medium.url,
    ...(type?.includes("/") && !type.endsWith("/*") ? { type } : {}),
  };
}

function rightsOf({ rights }: Entry, channel: Channel, source: SourceSettings) {
  const notice = rights ?? channel.rights;
  return source.rights ?? (notice === undefined ? undefined : { notice });
}

function absolute(address: string | undefined, base: string): string | undefined {
  if (address === undefined) return undefined;
  const url = URL.parse(address.trim(), base);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
