import { MAX_HEADLINE } from "../core/limits.ts";
import { MAX_MADE_HEADLINE } from "./limits.ts";
import { wordsOf } from "./words.ts";

/** A headline, and how it was made where the source has none that can be taken. */
export type Headline = { headline?: string; repaired?: string };

/**
 * The headline of an article: its title (HTML), else its first words, the words of a picture, or those of its address.
 * `texts` are HTML or plain, in the order in which they are to be asked.
 */
export function headlineOf(
  title: string | undefined,
  texts: (string | undefined)[],
  url: string | undefined,
): Headline {
  const named = wordsOf(title ?? "");
  if (named !== "" && named.length <= MAX_HEADLINE) return { headline: title as string };
  if (named !== "") {
    const repaired = `The title is longer than ${MAX_HEADLINE} characters, and its end was left out.`;
    return { headline: clipped(named, MAX_HEADLINE - 1), repaired };
  }
  for (const text of texts) {
    const words = wordsOf(text ?? "");
    if (words !== "") {
      const repaired = "The entry has no title; its first words are taken for one.";
      return { headline: clipped(words, MAX_MADE_HEADLINE), repaired };
    }
  }
  const words = addressWords(url);
  return words === undefined
    ? {}
    : { headline: words, repaired: "The entry has no title; the words of its address are taken for one." };
}

function clipped(words: string, most: number): string {
  return words.length <= most ? words : `${words.slice(0, most).replace(/\s+\S*$/, "")}…`;
}

/** `/2026/03/the-new-bridge.html` → The new bridge */
function addressWords(address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address);
  if (url === null) return undefined;
  const last = url.pathname.split("/").findLast((part) => /\p{L}/u.test(decoded(part)));
  const words =
    last === undefined
      ? url.hostname
      : decoded(last)
          .replace(/\.\w{2,5}$/, "")
          .replace(/[-_+\s]+/g, " ");
  return clipped(`${words.charAt(0).toUpperCase()}${words.slice(1)}`, MAX_MADE_HEADLINE);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
