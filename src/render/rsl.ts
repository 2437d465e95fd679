import { NAMESPACE } from "../core/extension.ts";
import { isLicence, type Permission, type Usage, type Use } from "../core/usage.ts";
import { LICENCE_DAYS } from "./limits.ts";
import { element, RSL_NAMESPACE, startTag, textElement } from "./xml.ts";

/*
 * Really Simple Licensing 1.0 (https://rslstandard.org/rsl): what a licence says. It has no word for showing stories elsewhere, so
 * `fw:usage` stands beside it: elements of other namespaces are extensions (section 3).
 */

/**
 * What is said, and of what. `origin`: scheme, host and port; empty where they are not known. `asset`: an address, or a path for
 * all that is below it.
 */
export type Stated = { usage: Usage; origin: string; asset: string; holder?: string };

/** Section 3.4.1.1. An AI that answers from stories keeps them in an index, so `answers` is both tokens. */
const TOKENS: readonly [use: Use, tokens: string][] = [
  ["training", "ai-train"],
  ["answers", "ai-input ai-index"],
  ["search", "search"],
];

/** The licence of everything that the wire serves. */
export function licenceDocument(stated: Stated): string | undefined {
  const { holder, usage } = stated;
  const content = contentOf(stated, "", `${textElement("copyright", holder)}${usageElement(usage) ?? ""}`);
  if (content === undefined) return undefined;
  const root = { xmlns: RSL_NAMESPACE, "xmlns:fw": NAMESPACE, "max-age": LICENCE_DAYS };
  return `<?xml version="1.0" encoding="utf-8"?>\n${startTag("rsl", root)}\n${content}\n</rsl>\n`;
}

/** The licence of one story, inside its entry (section 4.7). */
export function licenceElement(stated: Stated): string | undefined {
  return contentOf(stated, "rsl:", "");
}

/** What the newsroom says, use by use; nothing where it says nothing. */
export function usageElement(usage: Usage): string | undefined {
  return Object.keys(usage).length === 0 ? undefined : element("fw:usage", usage);
}

/** Nothing where a use is left open: a licence would forbid that use, or permit it (section 3.5). */
function contentOf({ asset, usage }: Stated, prefix: string, more: string): string | undefined {
  if (TOKENS.some(([use]) => usage[use] === undefined)) return undefined;
  const where = (is: (permission?: Permission) => boolean) =>
    TOKENS.flatMap(([use, tokens]) => (is(usage[use]) ? [tokens] : [])).join(" ") || undefined;
  const license = (permitted: string | undefined, payment: string) =>
    element(
      `${prefix}license`,
      {},
      [
        textElement(`${prefix}permits`, permitted, { type: "usage" }),
        textElement(
          `${prefix}prohibits`,
          where((permission) => permission === "deny"),
          { type: "usage" },
        ),
        payment,
      ].join(""),
    );
  const allowed = where((permission) => permission === "allow");
  const addresses = [...new Set(TOKENS.flatMap(([use]) => (isLicence(usage[use]) ? [usage[use]] : [])))];
  const licences = addresses.map((address) =>
    license(
      where((permission) => permission === address),
      element(`${prefix}payment`, {}, textElement(`${prefix}custom`, address)),
    ),
  );
  // One that only forbids would permit all other uses, those under a licence too.
  const isFree = allowed !== undefined || licences.length === 0;
  const all = [...(isFree ? [license(allowed, "")] : []), ...licences];
  return element(`${prefix}content`, { url: asset }, `${all.join("")}${more}`);
}
