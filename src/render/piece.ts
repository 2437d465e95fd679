import type { EntryText, Format } from "./format.ts";

/** One article, or what stands in its place, in all formats. Bytes, because encoding is what costs. */
export type RenderedArticle = {
  /** RFC 3339, UTC. */
  updated: string;
  pieces: Map<Format, Piece>;
};

/** The bytes begin with the separator of the format; the prefixes are one text, because most entries use the same. */
export type Piece = { bytes: Buffer; prefixes: string; bar?: string };

export function pieceOf(format: Format, { text, prefixes, bar }: EntryText): Piece {
  const bytes = encoded([format.separator, ...text]);
  return { bytes, prefixes: prefixes.join(" "), ...(bar !== undefined && { bar }) };
}

/** The bytes of the article in all formats together. */
export function bytesOf({ pieces }: RenderedArticle): number {
  return sum([...pieces.values()].map(({ bytes }) => bytes.byteLength));
}

function encoded(parts: string[]): Buffer {
  const bytes = Buffer.allocUnsafe(sum(parts.map((part) => Buffer.byteLength(part))));
  let end = 0;
  for (const part of parts) end += bytes.write(part, end);
  return bytes;
}

export function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
