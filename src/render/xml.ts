import { NAMESPACE } from "../core/extension.ts";

/** RSL 1.0, section 2.2: https://rslstandard.org/rsl */
export const RSL_NAMESPACE = "https://rslstandard.org/rsl";

/** Every namespace that a document may use, in the order in which documents declare them. */
const NAMESPACES = {
  atom: "http://www.w3.org/2005/Atom",
  at: "http://purl.org/atompub/tombstones/1.0",
  content: "http://purl.org/rss/1.0/modules/content/",
  dc: "http://purl.org/dc/elements/1.1/",
  dcterms: "http://purl.org/dc/terms/",
  fw: NAMESPACE,
  georss: "http://www.georss.org/georss",
  media: "http://search.yahoo.com/mrss/",
  prism: "http://prismstandard.org/namespaces/basic/3.0/",
  rsl: RSL_NAMESPACE,
};

export type Prefix = keyof typeof NAMESPACES;

const PREFIXES = Object.keys(NAMESPACES) as Prefix[];

/** Clean text as XML text, or as HTML text. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Clean text as the value of an attribute. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;");
}

/** Clean text as the inside of a CDATA section, which it cannot end. */
export function escapeCdata(text: string): string {
  return text.replaceAll("]]>", "]]]]><![CDATA[>");
}

/** An element with this text; nothing when there is none. */
export function textElement(
  name: string,
  text: string | number | undefined,
  attributes: Attributes = {},
): string {
  return text === undefined ? "" : `${startTag(name, attributes)}${escapeText(String(text))}</${name}>`;
}

export type Attributes = Record<string, string | number | undefined>;

/** A start tag with these attributes, without those that are undefined. */
export function startTag(name: string, attributes: Attributes): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${name}${given.map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`).join("")}>`;
}

/** An element with these attributes, and with this markup in it. */
export function element(name: string, attributes: Attributes, markup = ""): string {
  const start = startTag(name, attributes);
  return markup === "" ? `${start.slice(0, -1)}/>` : `${start}${markup}</${name}>`;
}

/** The prefixes of the elements in this markup. Text cannot be taken for an element: its `<` is escaped. */
export function prefixesIn(markup: string): Prefix[] {
  return PREFIXES.filter((prefix) => markup.includes(`<${prefix}:`));
}

/** The declarations of these prefixes, as attributes of the root element. */
export function declarations(prefixes: string[]): Attributes {
  const used = PREFIXES.filter((prefix) => prefixes.includes(prefix));
  return Object.fromEntries(used.map((prefix) => [`xmlns:${prefix}`, NAMESPACES[prefix]]));
}
