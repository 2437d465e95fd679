import { SaxesParser } from "saxes";
import type { FormatName } from "../support/documents.ts";

/* Reads documents back with strict parsers that are not ours: saxes stops at the first thing that is not XML. */

const ATOM = "http://www.w3.org/2005/Atom";
const CONTENT = "http://purl.org/rss/1.0/modules/content/";
const FW = "urn:flashwire:ns:1";
const MEDIA = "http://search.yahoo.com/mrss/";

export type Element = {
  /** Local name after the namespace in braces: `{http://www.w3.org/2005/Atom}link`; RSS has no namespace. */
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** The text directly in it. */
  text: string;
};

export function readXml(document: Uint8Array | string): Element {
  const parser = new SaxesParser({ xmlns: true });
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const top = () => open.at(-1) as Element;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ name, value }) => [name, value]),
    );
    const element = { name: named(tag.uri, tag.local), attributes, children: [], text: "" };
    top().children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => open.pop());
  const onText = (text: string) => {
    top().text += text;
  };
  parser.on("text", onText);
  parser.on("cdata", onText);
  parser.write(typeof document === "string" ? document : decode(document)).close();
  return root.children[0] as Element;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of any shape
export function readJson(document: Uint8Array): any {
  return JSON.parse(decode(document));
}

export function all(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

export function textOf(element: Element, name: string): string | undefined {
  return all(element, name)[0]?.text;
}

export const named = (uri: string, local: string) => (uri === "" ? local : `{${uri}}${local}`);
export const atomName = (local: string) => named(ATOM, local);

/** What a reader must get from every format. */
export type Story = {
  id?: string | undefined;
  url?: string | undefined;
  headline?: string | undefined;
  summary?: string | undefined;
  body?: string | undefined;
  /** Milliseconds since 1970. */
  published: number;
  updated: number;
  breaking?: { level?: string | undefined; until?: string | undefined } | undefined;
  change?: { kind?: string | undefined; note?: string | undefined } | undefined;
  media: Record<string, unknown>[];
  enclosure?: { url?: string | undefined; type?: string | undefined; bytes?: number | undefined } | undefined;
};

export const READERS: Record<FormatName, (document: Uint8Array) => Story[]> = {
  rss: (document) => all(readXml(document).children[0] as Element, "item").map(rssStory),
  atom: (document) => all(readXml(document), atomName("entry")).map(atomStory),
  json: (document) => readJson(document).items.map(jsonStory),
};

function rssStory(item: Element): Story {
  const description = textOf(item, "description");
  const body = textOf(item, named(CONTENT, "encoded"));
  const enclosure = all(item, "enclosure")[0]?.attributes;
  return {
    id: textOf(item, "guid"),
    url: textOf(item, "link"),
    headline: textOf(item, "title"),
    // A description is HTML; an article without a summary is described by the beginning of its body.
    summary: description && unescapeHtml(description),
    body,
    published: Date.parse(textOf(item, "pubDate") ?? ""),
    updated: Date.parse(textOf(item, atomName("updated")) ?? ""),
    ...newsOf(item),
    enclosure: enclosure && {
      url: enclosure.url,
      type: enclosure.type,
      bytes: Number(enclosure.length) || undefined,
    },
  };
}

function atomStory(entry: Element): Story {
  const links = all(entry, atomName("link")).map(({ attributes }) => attributes);
  const enclosure = links.find(({ rel }) => rel === "enclosure");
  return {
    id: textOf(entry, atomName("id")),
    url: links.find(({ rel = "alternate" }) => rel === "alternate")?.href,
    headline: typedText(entry, "title", "text"),
    summary: typedText(entry, "summary", "text"),
    body: typedText(entry, "content", "html"),
    published: Date.parse(textOf(entry, atomName("published")) ?? ""),
    updated: Date.parse(textOf(entry, atomName("updated")) ?? ""),
    ...newsOf(entry),
    enclosure: enclosure && {
      url: enclosure.href,
      type: enclosure.type,
      bytes: Number(enclosure.length) || undefined,
    },
  };
}

/** The text of an Atom construct that says it is of this type (RFC 4287 §3.1.1). */
function typedText(entry: Element, name: string, type: string): string | undefined {
  return all(entry, atomName(name)).find(({ attributes }) => (attributes.type ?? "text") === type)?.text;
}

function newsOf(element: Element): Pick<Story, "breaking" | "change" | "media"> {
  const breaking = all(element, named(FW, "breaking"))[0]?.attributes;
  const change = all(element, named(FW, "change"))[0];
  return {
    breaking: breaking && { level: breaking.level, until: breaking.until },
    change: change && { kind: change.attributes.kind, note: change.text || undefined },
    media: element.children.flatMap((child) => {
      if (child.name === named(MEDIA, "content")) return [{ ...fileOf(child), ...wordsOf(child) }];
      if (child.name !== named(MEDIA, "group")) return [];
      const files = all(child, named(MEDIA, "content"));
      const main = files.find(({ attributes }) => attributes.isDefault === "true") as Element;
      const renditions = files.filter((file) => file !== main).map(fileOf);
      return [{ ...fileOf(main), ...wordsOf(child), renditions }];
    }),
  };
}

const fileOf = ({ attributes }: Element) => ({
  url: attributes.url,
  type: attributes.type,
  width: Number(attributes.width) || undefined,
  height: Number(attributes.height) || undefined,
  bytes: Number(attributes.fileSize) || undefined,
});

const wordsOf = (content: Element) => ({
  caption: textOf(content, named(MEDIA, "description")),
  credit: textOf(content, named(MEDIA, "credit")),
  alt: textOf(content, named(MEDIA, "text")),
});

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse answers
function jsonStory(item: any): Story {
  const { breaking, change, media = [] } = item._flashwire ?? {};
  const { attachments = [] } = item;
  const lead = media.find(({ role }: { role?: string }) => role === "lead") ?? media[0];
  // Each medium is followed by its renditions.
  const before = media.slice(0, media.indexOf(lead));
  const enclosure = attachments[before.flatMap(({ renditions = [] }) => ["", ...renditions]).length];
  return {
    id: item.id,
    url: item.url,
    headline: item.title,
    summary: item.summary,
    body: item.content_html,
    published: Date.parse(item.date_published),
    updated: Date.parse(item.date_modified),
    breaking: breaking && { until: undefined, ...breaking },
    change: change && { note: undefined, ...change },
    media: media.map(
      ({ role: _, focal_point: __, credit_role: ___, ...medium }: Record<string, unknown>) => medium,
    ),
    enclosure: enclosure && {
      url: enclosure.url,
      type: enclosure.mime_type,
      bytes: enclosure.size_in_bytes,
    },
  };
}

function unescapeHtml(html: string): string {
  return html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Strictly UTF-8. */
function decode(document: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(document);
}
