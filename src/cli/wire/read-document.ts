import { SaxesParser } from "saxes";
import { NAMESPACE } from "../../core/extension.ts";

/** One entry as a reader finds it in a document. */
export type SeenEntry = {
  id?: string;
  url?: string;
  headline?: string;
  updated?: string;
  breaking?: string;
  /** A stub, which stands for a withdrawn article. */
  isStub?: true;
};

/** What a document shows, and the identifiers that it says are withdrawn. */
export type SeenDocument = {
  entries: SeenEntry[];
  deleted: string[];
  /** Whether the format says of an entry when it was updated and whether it is breaking. */
  isDetailed: boolean;
};

/** Reads a document of this media type as its readers do. Throws what the parser says of a broken document. */
export function readDocument(contentType: string, text: string): SeenDocument {
  if (/\bjson\b/.test(contentType)) return { ...readJsonFeed(text), isDetailed: true };
  if (/\bxml\b/.test(contentType)) return { ...readXml(text), isDetailed: true };
  return { entries: addressesIn(text).map((url) => ({ url })), deleted: [], isDetailed: false };
}

/** The addresses in a text of any other kind. */
function addressesIn(text: string): string[] {
  return text.match(/https?:\/\/[^\s<>"']+/g) ?? [];
}

type Read = Omit<SeenDocument, "isDetailed">;

type JsonFeed = {
  items: {
    id: string;
    url?: string;
    title?: string;
    date_modified?: string;
    _flashwire?: { breaking?: { level: string }; withdrawn?: boolean };
  }[];
  _flashwire?: { deleted?: { id: string }[] };
};

function readJsonFeed(text: string): Read {
  const feed = JSON.parse(text) as JsonFeed;
  const entries = feed.items.map(({ id, url, title, date_modified, _flashwire }) =>
    seen({
      id,
      url,
      headline: title,
      updated: date_modified,
      breaking: _flashwire?.breaking?.level,
      isStub: _flashwire?.withdrawn || undefined,
    }),
  );
  return { entries, deleted: (feed._flashwire?.deleted ?? []).map(({ id }) => id) };
}

const ATOM = "http://www.w3.org/2005/Atom";
const TOMBSTONES = "http://purl.org/atompub/tombstones/1.0";

function readXml(text: string): Read {
  const root = parseXml(text);
  if (root.name === "rss")
    return { entries: childrenOf(childrenOf(root, "channel")[0], "item").map(rssItem), deleted: [] };
  const deleted = childrenOf(root, "deleted-entry", TOMBSTONES).map(({ attributes }) => attributes.ref ?? "");
  return { entries: childrenOf(root, "entry", ATOM).map(atomEntry), deleted };
}

function rssItem(item: Element): SeenEntry {
  const [id, url, headline] = ["guid", "link", "title"].map((name) => childrenOf(item, name)[0]?.text);
  return seen({
    id,
    url,
    headline,
    updated: childrenOf(item, "updated", ATOM)[0]?.text,
    breaking: breakingOf(item),
    isStub: isStub(item),
  });
}

function atomEntry(entry: Element): SeenEntry {
  const [id, updated, headline] = ["id", "updated", "title"].map(
    (name) => childrenOf(entry, name, ATOM)[0]?.text,
  );
  const links = childrenOf(entry, "link", ATOM).map(({ attributes }) => attributes);
  const url = links.find(({ rel = "alternate" }) => rel === "alternate")?.href;
  return seen({ id, url, headline, updated, breaking: breakingOf(entry), isStub: isStub(entry) });
}

function breakingOf(entry: Element): string | undefined {
  return childrenOf(entry, "breaking", NAMESPACE)[0]?.attributes.level;
}

function isStub(entry: Element): true | undefined {
  return childrenOf(entry, "withdrawn", NAMESPACE).length > 0 || undefined;
}

type Element = {
  uri: string;
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Element[];
};

function childrenOf(parent: Element | undefined, name: string, uri = ""): Element[] {
  return (parent?.children ?? []).filter((child) => child.name === name && child.uri === uri);
}

/** The root element. Throws what the parser says of text that is not well-formed. */
function parseXml(text: string): Element {
  const document: Element = { uri: "", name: "", attributes: {}, text: "", children: [] };
  const open = [document];
  const parser = new SaxesParser({ xmlns: true });
  const addText = (text: string) => {
    const parent = open.at(-1);
    if (parent) parent.text += text;
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ uri, local, attributes }) => {
    const values = Object.entries(attributes).map(([name, { value }]) => [name, value]);
    const element = { uri, name: local, attributes: Object.fromEntries(values), text: "", children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => open.pop());
  parser.write(text).close();
  return document.children[0] ?? document;
}

function seen(entry: { [Key in keyof SeenEntry]: SeenEntry[Key] | undefined }): SeenEntry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
