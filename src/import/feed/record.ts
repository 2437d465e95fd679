import { readInstant } from "../../core/instant.ts";
import { idOfGuid } from "../identity.ts";
import type { Item, SourceSettings } from "../item.ts";
import { MAX_MADE_HEADLINE, MAX_STANDFIRST } from "../limits.ts";
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
  const published = dateOf(entry);
  if (published === undefined)
    return { key: guid, where, skipped: "Neither the entry nor its feed has a date." };
  if (published.from !== undefined) repaired.push(published.from);
  const headline = entry.title ?? headlineOf(texts);
  if (entry.title === undefined) repaired.push("The entry has no title; its first words are taken for one.");
  return {
    key: guid,
    where,
    repaired,
    record: {
      ...defined({
        url: page,
        headline,
        ...texts,
        language: entry.language ?? channel.language ?? source.language,
        section: source.section,
        tags: orNone(entry.tags.filter(({ name }) => name.trim() !== "")),
        authors: orNone(authorsOf(entry, channel)),
        published: published.date,
        updated: entry.updated,
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

function headlineOf({ summary, body }: { summary?: string; body?: string }): string | undefined {
  const words = wordsOf(summary ?? body ?? "");
  if (words === "") return undefined;
  if (words.length <= MAX_MADE_HEADLINE) return words;
  return `${words.slice(0, MAX_MADE_HEADLINE).replace(/\s+\S*$/, "")}…`;
}

/** When the entry was published; of its change where that alone can be read. */
function dateOf({ published, updated }: Entry): { date?: string; from?: string } {
  const isDate = (text: string | undefined): text is string =>
    text !== undefined && ("instant" in readInstant(text) || "instant" in readInstant(text, "UTC"));
  if (isDate(published)) return { date: published };
  const why =
    published === undefined
      ? "The entry has no date"
      : `The date ${JSON.stringify(published)} cannot be read`;
  if (isDate(updated)) return { date: updated, from: `${why}; that of its change is taken.` };
  return { from: `${why}; the time of the first import is taken.` };
}

function authorsOf({ authors }: Entry, channel: Channel) {
  const named = (authors.length > 0 ? authors : channel.authors).filter(({ name }) => name?.trim());
  return named.map(({ name, email, url }) => defined({ name, email, url }));
}

/** A medium whose type says no more than its kind has the type that its name tells the door. */
function mediaOf({ media, base }: Entry) {
  return media.map(({ type, ...medium }) => ({
    ...medium,
    url: absolute(medium.url, base) ?? medium.url,
    ...(type?.includes("/") && !type.endsWith("/*") ? { type } : {}),
  }));
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
