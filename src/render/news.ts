import type { Correction, Published, Tag } from "../core/article.ts";
import { CHANGE_KINDS } from "../core/article-parts.ts";
import { storyUrl } from "../core/keys.ts";
import type { Shown } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { mediaElements } from "./media-elements.ts";
import { said } from "./signals.ts";
import { wordingOf } from "./words/choose.ts";
import { element, escapeText, textElement } from "./xml.ts";

/** What news adds to an ordinary feed: the elements that formats share, and how formats read a record. */

/** A category: in a scheme `term` is what machines compare; `label` is what people read. */
export type Category = { term: string; label: string; scheme?: string };

const BREAKING_SCHEME = "urn:flashwire:breaking";
const CHANGE_SCHEME = "urn:flashwire:change";
/** IPTC NewsCodes: http://cv.iptc.org/newscodes/signal/. It knows no clarification. */
const SIGNAL_SCHEME = "http://cv.iptc.org/newscodes/signal/";

/**
 * What the newsroom says of this version: that it is breaking news, that it corrects an earlier one. Labels are in the
 * language of the article.
 */
export function signalsOf(site: Pick<Site, "language">, article: Published): Category[] {
  const { breaking, change, language = site.language } = article;
  const { words } = wordingOf(language);
  const { kind } = change ?? {};
  const scheme = kind === "clarification" ? CHANGE_SCHEME : SIGNAL_SCHEME;
  return [
    ...(breaking ? [{ term: breaking.level, label: words.breaking, scheme: BREAKING_SCHEME }] : []),
    // A record that somebody wrote by hand may have any kind.
    ...(kind ? [{ term: kind, label: CHANGE_KINDS.includes(kind) ? words[kind] : kind, scheme }] : []),
  ];
}

/** What the story is about: its sections and tags, each once. */
export function topicsOf(article: Published): Category[] {
  const topics = new Map<string, Category>();
  for (const name of sectionsOf(article)) topics.set(JSON.stringify([name]), { term: name, label: name });
  for (const { name, code, type, scheme = schemeOf(type) } of article.tags ?? []) {
    const topic = { term: code ?? name, label: name, ...(scheme === undefined ? {} : { scheme }) };
    topics.set(JSON.stringify([topic.term, ...(scheme === undefined ? [] : [scheme])]), topic);
  }
  return [...topics.values()];
}

/** The names that the newsroom gives to people, organisations, places and events; a topic is any word. */
function schemeOf(type: Tag["type"]): string | undefined {
  return SUBJECTS.has(type) ? `urn:flashwire:${type}` : undefined;
}

/** Where a tag leads to, for links of the relation `tag` (IANA, from HTML). */
export function taggedAddresses({ tags = [] }: Published): { url: string; title: string }[] {
  return tags.flatMap(({ url, name }) => (url === undefined ? [] : [{ url, title: name }]));
}

/** The sections, the primary one first. */
function sectionsOf({ section, sections }: Published): string[] {
  return [...new Set([...(section === undefined ? [] : [section]), ...(sections ?? [])])];
}

/** One line on the rights, for formats that have room for one. */
export function rightsLine({ rights }: Published): string | undefined {
  return rights?.notice ?? rights?.holder ?? rights?.terms ?? rights?.license;
}

/** The elements that RSS items and Atom entries carry in the same way. */
export function newsElements(site: Site, article: Shown): string {
  return [
    textElement("dc:source", article.source?.name),
    textElement("dcterms:rightsHolder", article.rights?.holder),
    textElement("dcterms:accessRights", article.rights?.terms),
    textElement("dcterms:license", article.rights?.license),
    textElement("prism:alternateTitle", article.shortHeadline),
    ...sectionsOf(article).map((name) => textElement("prism:section", name)),
    textElement("prism:versionIdentifier", article.version ?? article.revision),
    signalElements(article),
    placeElements(article),
    textElement("fw:dateline", article.dateline),
    textElement("fw:urgency", article.urgency),
    ...(article.corrections ?? []).map(correctionElement),
    ...(article.genre ?? []).map((name) => textElement("prism:genre", name)),
    ...(article.keywords ?? []).map((word) => textElement("prism:keyword", word)),
    ...(article.tags ?? []).map(subjectElement),
    mediaElements(article),
    rightsElements(site, article),
  ].join("");
}

function signalElements({ breaking, change }: Published): string {
  const { kind, note } = change ?? {};
  return [
    breaking ? element("fw:breaking", { level: breaking.level, until: breaking.until }) : "",
    change ? element("fw:change", { kind }, escapeText(note ?? "")) : "",
    kind === "correction" ? textElement("prism:hasCorrection", note) : "",
  ].join("");
}

function correctionElement({ kind, at, note = "" }: Correction): string {
  return element("fw:correction", { kind, at }, escapeText(note));
}

/** RSL licenses what is of the feed's own origin (section 4.7): the story as the wire itself serves it. */
function rightsElements({ origin }: Site, { id, rights }: Shown): string {
  if (rights?.usage === undefined) return "";
  const stated = { usage: rights.usage, origin, asset: storyUrl(origin, id) };
  return said("entry", stated)
    .map(({ text }) => text)
    .join("");
}

/** PRISM's words for what a story is about. It has none for a mere topic. */
const SUBJECTS = new Map<Tag["type"], string>([
  ["person", "prism:person"],
  ["organisation", "prism:organization"],
  ["place", "prism:location"],
  ["event", "prism:event"],
]);

function subjectElement({ name, type }: Tag): string {
  const subject = SUBJECTS.get(type);
  return subject === undefined ? "" : textElement(subject, name);
}

/** Every place by name; GeoRSS has one point for an entry, so the first that has one. */
function placeElements({ places = [] }: Published): string {
  const located = places.find(({ lat, lon }) => lat !== undefined && lon !== undefined);
  return [
    ...places.map(({ name }) => textElement("dcterms:spatial", name)),
    located ? textElement("georss:point", `${degrees(located.lat)} ${degrees(located.lon)}`) : "",
    textElement("georss:featureName", located?.name),
  ].join("");
}

/** Six decimal places: a decimetre on the ground, and JavaScript writes no exponent. */
function degrees(value = 0): string {
  return String(Number(value.toFixed(6)));
}
