import { defined } from "../words.ts";
import type { Channel, Entry, Medium, Person } from "./entry.ts";
import { descriptionIn, mediaOf } from "./media.ts";
import { paragraphsOf } from "./paragraphs.ts";
import type { AtomEntry, AtomFeed } from "./parsed.ts";
import { alternateOf, relatedOf } from "./rss-entry.ts";

/** Atom 1.0 (RFC 4287). `base` is that of the feed: xml:base of an entry is relative to it. */
export function atomEntry(entry: AtomEntry, feedBase: string): Entry {
  const { id, links, title, summary, content, published, updated, rights, source, xml } = entry;
  const via = links?.find(({ rel }) => rel === "via")?.href;
  return {
    ...defined({
      guid: id,
      url: alternateOf(links),
      // The door takes a title as text or as HTML by itself.
      title: title?.value,
      summary: (summary && htmlOf(summary)) ?? descriptionIn(entry.media),
      content: content?.src === undefined ? content && contentOf(content) : undefined,
      published: published ?? updated,
      updated,
      language: xml?.lang,
      rights: rights && textOf(rights),
      source:
        source?.title === undefined
          ? undefined
          : sourceOf(textOf(source.title), alternateOf(source.links) ?? via),
    }),
    authors: (entry.authors ?? []).map(personOf),
    tags: (entry.categories ?? []).map(({ term = "", label, scheme }) => ({
      name: label ?? term,
      ...(scheme && { scheme }),
      ...(label !== undefined && label !== term && { code: term }),
    })),
    media: mediaIn(entry),
    related: relatedOf(links),
    places: [],
    base: baseOf(xml?.base, feedBase),
  };
}

export function atomChannel({ title, links, rights, authors, xml }: AtomFeed): Channel {
  return {
    ...defined({
      title: title && textOf(title),
      home: alternateOf(links),
      language: xml?.lang,
      rights: rights && textOf(rights),
    }),
    authors: (authors ?? []).map(personOf),
  };
}

/** An address that may be relative, as an absolute one. */
export function baseOf(address: string | undefined, base: string): string {
  return (address === undefined ? null : URL.parse(address, base))?.href ?? base;
}

const personOf = ({ name, email, uri }: NonNullable<AtomEntry["authors"]>[number]): Person =>
  defined({ name, email, url: uri });

const sourceOf = (name: string | undefined, url: string | undefined) =>
  name === undefined ? undefined : { name, ...(url && { url }) };

const isPlain = ({ type = "text" }: Text) => type === "text" || type === "text/plain";

type Text = { value?: string; type?: string };

/** Text constructs (RFC 4287 §3.1): a construct of type text holds no HTML, even where it looks like HTML. */
function htmlOf(text: Text): string | undefined {
  const { value } = text;
  if (value === undefined || !isPlain(text)) return value;
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function contentOf(content: Text): string | undefined {
  return isPlain(content) ? paragraphsOf(content.value) : content.value;
}

const textOf = ({ value }: Text) => value;

function mediaIn({ media, links = [] }: AtomEntry): Medium[] {
  const found = mediaOf(media);
  const known = new Set(found.map(({ url }) => url));
  for (const { rel, href, type, length } of links) {
    if (rel !== "enclosure" || href === undefined || known.has(href)) continue;
    known.add(href);
    found.push({ ...defined({ type, bytes: length }), url: href });
  }
  return found;
}
