import { Parser } from "htmlparser2";
import { cleanLine, isVisible } from "../core/text.ts";
import { EXTRACT_CHARACTERS, READ_AT_ONCE } from "./limits.ts";

/** The text in these elements is no running text. */
const SKIPPED = new Set(["figure", "table", "pre", "script", "style"]);

/** The text of these elements runs on in the line. After any other element a word ends. */
const INLINE = new Set(
  (
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q rp rt ruby s samp small span strike strong sub sup " +
    "time tt u var wbr"
  ).split(" "),
);

/** White space that is no typography. */
const SPACE = /[^\S\u00a0\u202f\u3000]+/g;

/** The words of HTML in one line, without those of `skipped` elements; reads on until there are `enough` characters. */
export function wordsOf(
  html: string,
  skipped = new Set<string>(),
  enough = Number.POSITIVE_INFINITY,
): string {
  let text = "";
  let depth = 0;
  const add = (part: string) => {
    const folded = part.replace(SPACE, " ");
    text += text === "" || text.endsWith(" ") ? folded.trimStart() : folded;
  };
  const parser = new Parser({
    onopentagname: (name) => {
      if (skipped.has(name)) depth++;
      if (!INLINE.has(name)) add(" ");
    },
    onclosetag: (name) => {
      if (skipped.has(name)) depth--;
      if (!INLINE.has(name)) add(" ");
    },
    ontext: (part) => {
      if (depth === 0) add(part);
    },
  });
  for (let at = 0; at < html.length && text.length <= enough; at += READ_AT_ONCE) {
    parser.write(html.slice(at, at + READ_AT_ONCE));
  }
  // Without the end, an entity that stands last is not decoded.
  if (text.length <= enough) parser.end();
  return text.trim();
}

/** The beginning of a body as plain text, at most EXTRACT_CHARACTERS; undefined when it has no words. */
export function extractOf(body: string, language?: string): string | undefined {
  const words = wordsOf(body, SKIPPED, 2 * EXTRACT_CHARACTERS);
  // A reference such as `&#1;` stands for no text, and an element that a cut leaves open has to end.
  const extract = cleanLine(cutAtWord(words, language));
  return isVisible(extract) ? extract : undefined;
}

/** In the language's own words: Chinese, Japanese and Thai write no spaces between them. */
function cutAtWord(text: string, language: string | undefined): string {
  if (text.length <= EXTRACT_CHARACTERS) return text;
  // The last character is for the ellipsis. A word that is longer than all of it is cut between two characters.
  const end = EXTRACT_CHARACTERS - 1;
  const beginOf = (granularity: "word" | "grapheme") =>
    segmenter(language, granularity).segment(text).containing(end)?.index ?? end;
  const cut = text.slice(0, beginOf("word") || beginOf("grapheme")).replace(/[\s\p{Pd}\p{Po}\p{Ps}]+$/u, "");
  return `${cut}…`;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(language = "und", granularity: "word" | "grapheme"): Intl.Segmenter {
  const [locale = "und"] = Intl.Segmenter.supportedLocalesOf(tagOrNone(language));
  const key = `${granularity} ${locale}`;
  const known = segmenters.get(key) ?? new Intl.Segmenter(locale, { granularity });
  segmenters.set(key, known);
  return known;
}

/** A record that somebody wrote by hand may have any text for its language. */
function tagOrNone(language: string): string[] {
  try {
    return Intl.getCanonicalLocales(language);
  } catch {
    return [];
  }
}
