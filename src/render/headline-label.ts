import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import { wordingOf } from "./words/choose.ts";

/** The sign behind a label that the newsroom has written itself. */
const AFTER_LABEL = /^\s*[:：|\p{Pd}]/u;

/**
 * The headline with the label before it that the site file asks for: "Correction: The bridge reopens". It has one label at
 * the most, the first of `headlineLabels` that the article has, and none that the newsroom has written there itself.
 */
export function labelledHeadline(
  site: Pick<Site, "headlineLabels" | "language">,
  { headline, breaking, change, language = site.language }: Published,
): string {
  const name = site.headlineLabels.find((each) =>
    each === "breaking" ? breaking !== undefined : change?.kind === each,
  );
  if (name === undefined) return headline;
  const { words } = wordingOf(language);
  const known = name === "breaking" ? [words.breakingShort, words.breaking] : [words[name]];
  return known.some((label) => beginsWith(headline, label))
    ? headline
    : `${known[0]}${words.colon}${headline}`;
}

function beginsWith(headline: string, label: string): boolean {
  const begin = headline.slice(0, label.length);
  return begin.toLowerCase() === label.toLowerCase() && AFTER_LABEL.test(headline.slice(label.length));
}
