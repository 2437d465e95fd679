import { type FieldProblem, FlashwireError } from "../core/errors.ts";
import { MAX_BODY, MAX_MEDIA } from "../core/limits.ts";
import { type BodyMedium, type Embed, embedOf, type Found } from "./html-embeds.ts";
import { isThroughGate, throughGate } from "./html-gate.ts";
import { unwrapped } from "./html-parse.ts";
import { readOnce } from "./html-reader.ts";
import { addressesOf, tooLong } from "./html-urls.ts";
import { bodyWarning, Tally } from "./html-warnings.ts";
import { MAX_HTML_PASSES } from "./limits.ts";

export type { BodyMedium, Embed } from "./html-embeds.ts";

/** A body as it may be stored, the embeds and the files of players that were found in it, and what was repaired. */
export type Body = { html: string; embeds: Embed[]; media: BodyMedium[]; warnings: FieldProblem[] };

/**
 * HTML reduced to the allow-list, with every tag closed, its addresses made absolute against `base` and its text clean.
 * Embeds become links. Reading the answer again changes nothing and finds nothing: it is read until it stays as it is,
 * since a dropped tag may change how what surrounds it is read. Throws `invalid` for HTML that nests too deep, becomes
 * too long, has too many links or does not come to rest.
 */
export function readBody(html: string, base: string): Body {
  const tally = new Tally();
  const found: Found[] = [];
  let isEmbed = false;
  let current = unwrapped(html, tally);
  for (let pass = 0; pass < MAX_HTML_PASSES; pass++) {
    const reading = readOnce(current, addressesOf(base), tally);
    const next = reading.html.trim();
    found.push(...(reading.embeds ?? []));
    isEmbed ||= reading.isEmbed;
    if (next.length > MAX_BODY) throw tooLong();
    current = isThroughGate(next) ? next : throughGate(next);
    if (current === next) return bodyOf(next, found, isEmbed, tally);
  }
  throw new FlashwireError("invalid", "must be HTML whose tags close where they were opened");
}

/** The body alone. */
export function cleanHtml(html: string, base: string): string {
  return readBody(html, base).html;
}

function bodyOf(html: string, found: Found[], isEmbed: boolean, tally: Tally): Body {
  const embeds = distinct(found.flatMap((each) => embedOf(each) ?? []));
  const media = distinct(found.flatMap((each) => each.media));
  tally.add("embed", found.length);
  const warnings = tally.warnings();
  if (isEmbed) warnings.push(bodyWarning("has nothing but an embed: its link stands for it"));
  for (const [list, what] of [[embeds, "embeds"] as const, [media, "files of players"] as const]) {
    if (list.length > MAX_MEDIA)
      warnings.push(bodyWarning(`has more than ${MAX_MEDIA} ${what}: the first are kept`));
  }
  return { html, embeds: embeds.slice(0, MAX_MEDIA), media: media.slice(0, MAX_MEDIA), warnings };
}

function distinct<T extends { url: string }>(list: T[]): T[] {
  const addresses = new Set<string>();
  return list.filter(({ url }) => !addresses.has(url) && addresses.add(url));
}
