import type { Change } from "../core/article.ts";
import { MAX_LANGUAGE } from "../core/limits.ts";

/** What documents say to people in the wire's own words, in one language. */
export type Labels = Record<Change["kind"], string> & {
  /** BCP 47. */
  language: string;
  breaking: string;
  /** Before a headline. */
  breakingShort: string;
  /** What stands between a label and the text that it labels. */
  colon: string;
};

const ENGLISH: Labels = {
  language: "en",
  breaking: "Breaking news",
  breakingShort: "Breaking",
  update: "Update",
  correction: "Correction",
  clarification: "Clarification",
  colon: ": ",
};

/** A language that has no row gets English. */
const TABLE: Labels[] = [
  ENGLISH,
  {
    language: "ar",
    breaking: "خبر عاجل",
    breakingShort: "عاجل",
    update: "تحديث",
    correction: "تصحيح",
    clarification: "توضيح",
    colon: ": ",
  },
  {
    language: "zh",
    breaking: "突发新闻",
    breakingShort: "突发",
    update: "更新",
    correction: "更正",
    clarification: "澄清",
    colon: "：",
  },
  {
    language: "zh-Hant",
    breaking: "突發新聞",
    breakingShort: "突發",
    update: "更新",
    correction: "更正",
    clarification: "澄清",
    colon: "：",
  },
];

/** Where the script follows from the region (CLDR, likely subtags), which Intl would look up in the data of its Node. */
const BY_REGION: Record<string, string> = { "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant" };

const BY_TAG = new Map([
  ...TABLE.map((labels) => [labels.language.toLowerCase(), labels] as const),
  ...Object.entries(BY_REGION).map(([tag, language]) => [tag, rowOf(language)] as const),
]);

function rowOf(language: string): Labels {
  return TABLE.find((labels) => labels.language === language) ?? ENGLISH;
}

/** The labels for this language tag: those of the longest part of the tag that has a row (RFC 4647 §3.4). */
export function labelsOf(tag: string): Labels {
  let part = tag.slice(0, MAX_LANGUAGE).toLowerCase();
  while (part !== "") {
    const labels = BY_TAG.get(part);
    if (labels !== undefined) return labels;
    part = part.slice(0, Math.max(0, part.lastIndexOf("-")));
  }
  return ENGLISH;
}
