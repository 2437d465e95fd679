import { all, atomName, type Element, named, readJson, readXml, textOf } from "../render/read.ts";
import type { FormatName } from "./documents.ts";

/* What stands in a document of any format, as one who looks at it sees it. */

export type SeenEntry = {
  id: string;
  headline: string;
  /** The labels of breaking news and changes, the section and the tags. */
  labels: string[];
  /** HTML, or plain text where the entry has no HTML. */
  content: string;
  breaking: string | undefined;
  isStub: boolean;
  published: string;
  updated: string;
};

export type SeenDocument = {
  entries: SeenEntry[];
  tombstones: { id: string; when: string }[];
};

const FW = "urn:flashwire:ns:1";
const CONTENT = "http://purl.org/rss/1.0/modules/content/";
const TOMBSTONES = "http://purl.org/atompub/tombstones/1.0";

export const SEEN: Record<FormatName, (document: Uint8Array) => SeenDocument> = {
  rss(document) {
    const channel = readXml(document).children[0] as Element;
    return { entries: all(channel, "item").map(ofItem), tombstones: [] };
  },
  atom(document) {
    const feed = readXml(document);
    const deleted = all(feed, named(TOMBSTONES, "deleted-entry")).map(({ attributes }) => attributes);
    return {
      entries: all(feed, atomName("entry")).map(ofEntry),
      tombstones: deleted.map(({ ref = "", when = "" }) => ({ id: ref, when })),
    };
  },
  json(document) {
    const { items, _flashwire } = readJson(document);
    return { entries: items.map(ofJson), tombstones: _flashwire.deleted ?? [] };
  },
};

function ofItem(item: Element): SeenEntry {
  return {
    id: textOf(item, "guid") ?? "",
    headline: textOf(item, "title") ?? "",
    labels: all(item, "category").map(({ text }) => text),
    content: textOf(item, named(CONTENT, "encoded")) ?? textOf(item, "description") ?? "",
    ...flagsOf(item),
    published: iso(textOf(item, "pubDate")),
    updated: iso(textOf(item, atomName("updated"))),
  };
}

function ofEntry(entry: Element): SeenEntry {
  return {
    id: textOf(entry, atomName("id")) ?? "",
    headline: textOf(entry, atomName("title")) ?? "",
    labels: all(entry, atomName("category")).map(
      ({ attributes }) => attributes.label ?? attributes.term ?? "",
    ),
    content: textOf(entry, atomName("content")) ?? "",
    ...flagsOf(entry),
    published: iso(textOf(entry, atomName("published"))),
    updated: iso(textOf(entry, atomName("updated"))),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse answers
function ofJson(item: any): SeenEntry {
  return {
    id: item.id,
    headline: item.title,
    labels: item.tags ?? [],
    content: item.content_html ?? item.content_text,
    breaking: item._flashwire?.breaking?.level,
    isStub: item._flashwire?.withdrawn === true,
    published: iso(item.date_published),
    updated: iso(item.date_modified),
  };
}

function flagsOf(entry: Element): Pick<SeenEntry, "breaking" | "isStub"> {
  return {
    breaking: all(entry, named(FW, "breaking"))[0]?.attributes.level,
    isStub: all(entry, named(FW, "withdrawn")).length > 0,
  };
}

const iso = (date = "") => new Date(date).toISOString();
