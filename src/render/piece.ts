import type { EntryText, Format } from "./format.ts";

/** One article, or what stands in its place, in all formats. Bytes, because encoding is what costs. */
export type RenderedArticle = {
  /** RFC 3339, UTC. */
  updated: string;
  /** Their bytes stand in one buffer of their own, behind each other. */
  pieces: Map<Format, Piece>;
};

/** The bytes begin with the separator of the format; the prefixes are one text, because most entries use the same. */
export type Piece = { bytes: Buffer; prefixes: string; bar?: string };

/**
 * What `textOf` makes of an article in each of these formats. A buffer from Node's pool would keep what else stands in the pool in
 * memory as long as the article is remembered.
 */
export function piecesIn(
  formats: readonly Format[],
  textOf: (format: Format) => EntryText,
): RenderedArticle["pieces"] {
  const all = formats.map((format) => {
    const { text, ...rest } = textOf(format);
    const parts = [format.separator, ...text];
    return { ...rest, format, parts, size: sum(parts.map((part) => Buffer.byteLength(part))) };
  });
  const whole = Buffer.allocUnsafeSlow(sum(all.map(({ size }) => size)));
  let end = 0;
  const pieces = all.map(({ format, parts, prefixes, bar }): [Format, Piece] => {
    const start = end;
    for (const part of parts) end += whole.write(part, end);
    const bytes = whole.subarray(start, end);
    return [format, { bytes, prefixes: prefixes.join(" "), ...(bar !== undefined && { bar }) }];
  });
  return new Map(pieces);
}

/** The bytes of the article in all formats together. */
export function bytesOf({ pieces }: RenderedArticle): number {
  return sum([...pieces.values()].map(({ bytes }) => bytes.byteLength));
}

export function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
