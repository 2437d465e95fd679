import type { Correction, Published } from "../core/article.ts";
import { CHANGE_KINDS } from "../core/article-parts.ts";
import { compareInstants } from "../core/instant.ts";
import type { Site } from "../core/site.ts";
import { isRightToLeft } from "./direction.ts";
import { paragraph } from "./figure.ts";
import { MAX_CHANGES_SHOWN } from "./limits.ts";
import { type Wording, wordingOf } from "./words/choose.ts";
import { element, escapeText } from "./xml.ts";

/** The class of the block, by which programs and style sheets find it. It is part of the public surface. */
const CHANGES_CLASS = "flashwire-changes";

/** What readers are told of the changes of an article. Both are empty where there is nothing to tell. */
export type ChangesTold = {
  /** HTML: every change with its date and note, the newest first. */
  block: string;
  /** HTML: the note of the newest change behind its label, for an extract. */
  note: string;
  /** The corrections and clarifications among them, the newest first. */
  corrections: Correction[];
};

/**
 * The corrections and clarifications of an article, and the updates that have a note: an update without one tells readers
 * nothing. The block is made of what readers of feeds leave in: plain elements, one class, no style.
 */
export function changesOf(site: Pick<Site, "changeNotes" | "language">, article: Published): ChangesTold {
  const changes = site.changeNotes ? told(article) : [];
  const [newest] = changes;
  if (newest === undefined) return { block: "", note: "", corrections: [] };
  const { language = site.language } = article;
  const wording = wordingOf(language);
  const dir = isRightToLeft(language) ? "rtl" : undefined;
  const paragraphs = changes.map((change) => paragraphOf(change, wording, language));
  const { kind, note } = newest;
  return {
    block: element("div", { class: CHANGES_CLASS, lang: language, dir }, paragraphs.join("")),
    corrections: changes.filter((change) => change.kind !== "update"),
    note:
      note === undefined ? "" : `<p>${escapeText(`${wording.words[kind]}${wording.words.colon}${note}`)}</p>`,
  };
}

/** The newest first. The list of the record names the change of this version, too, where the wire has made the list. */
function told({ change, corrections = [], updated }: Published): Correction[] {
  const isListed = corrections.some(
    ({ kind, note }) => kind === change?.kind && (change.note === undefined || note === change.note),
  );
  const all = change === undefined || isListed ? corrections : [...corrections, { ...change, at: updated }];
  return all
    .filter(isTold)
    .toReversed()
    .sort((a, b) => compareInstants(b.at, a.at))
    .slice(0, MAX_CHANGES_SHOWN);
}

/** A record that somebody wrote by hand may have any kind. */
function isTold({ kind, note }: Correction): boolean {
  return CHANGE_KINDS.includes(kind) && (kind !== "update" || note !== undefined);
}

function paragraphOf({ kind, note, at }: Correction, { tag, words }: Wording, language: string): string {
  const lang = isSameLanguage(tag, language) ? undefined : tag;
  const label = element("strong", { lang }, escapeText(words[kind]));
  const head = [label, timeElement(at, language)].filter((part) => part !== "").join(" · ");
  return `<p>${head}${note === undefined ? "" : `<br/>${paragraph(note)}`}</p>`;
}

function isSameLanguage(a: string, b: string): boolean {
  const [first, second] = [a, b].map((tag) => tag.toLowerCase().split("-", 1)[0]);
  return first === second;
}

/**
 * In UTC and in digits, which read the same in every language: words of Intl differ from one Node to the next. Between
 * Arabic words the digits would change their places without a direction of their own. Empty for an invalid date.
 */
function timeElement(at: string, language: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return "";
  const datetime = new Date(time).toISOString();
  const words = datetime.replace("T", " ").replace(/:\d\d\.\d{3}Z$/, " UTC");
  return element("time", { datetime, dir: isRightToLeft(language) ? "ltr" : undefined }, words);
}
