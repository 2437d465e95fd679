import * as v from "valibot";
import { type Checked, EmbedSchema, MediaSchema } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { MAX_MEDIA } from "../core/limits.ts";
import { mediaTypeOf } from "./addresses.ts";
import type { Findings } from "./findings.ts";
import { type BodyMedium, type Embed, readBody } from "./html.ts";

type Fields = Partial<Checked>;

/**
 * The record with its body as it may be stored. The embeds and the files of players that stood in the body join those
 * of the record, whose own words about them hold. A body that cannot be read is left out.
 */
export function withBody(fields: Fields, { leftOut, noted }: Findings): Fields {
  const { url = "", body } = fields;
  if (body === undefined) return fields;
  try {
    const { html, embeds, media, warnings } = readBody(body, url);
    noted.push(...warnings);
    return {
      ...fields,
      body: html,
      ...(embeds.length > 0 && { embeds: joined(fields.embeds, embeds.flatMap(checkedEmbed)) }),
      ...(media.length > 0 && { media: joined(fields.media, media.flatMap(checkedMedium)) }),
    };
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    leftOut.push({ pointer: "#/body", detail: error.message });
    const { body: _, ...others } = fields;
    return others;
  }
}

/** Each address once. */
function joined<T extends { url: string }>(own: T[] = [], found: T[]): T[] {
  const known = new Set(own.map(({ url }) => url));
  const others = found.filter(({ url }) => !known.has(url) && known.add(url));
  return [...own, ...others].slice(0, Math.max(MAX_MEDIA, own.length));
}

/** The embed as a record may say it. The link in the body stays where a record may not: with a password in the address. */
function checkedEmbed({ url, ...words }: Embed) {
  const bare = v.safeParse(EmbedSchema, { url });
  if (!bare.success) return [];
  const told = v.safeParse(EmbedSchema, { url, ...words });
  return [told.success ? told.output : bare.output];
}

/** A file as a record may name it; one whose type neither the body nor its name tells stays a link. */
function checkedMedium({ url, type = mediaTypeOf(url) }: BodyMedium) {
  const medium = v.safeParse(MediaSchema, { url, type });
  return medium.success ? [medium.output] : [];
}
