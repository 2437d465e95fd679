const BYTE_ORDER_MARKS: [bytes: number[], label: string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xfe, 0xff], "utf-16be"],
  [[0xff, 0xfe], "utf-16le"],
];

/** Bytes in which an XML declaration ends. */
const DECLARATION = 256;

/**
 * The text of a document, by its byte order mark, else by the charset of its media type, else by its XML declaration, in
 * this order (RFC 7303 §3). Without any of them, or where the bytes are not what is declared, it is UTF-8, and
 * Windows-1252 where it cannot be UTF-8.
 */
export function textOf(bytes: Uint8Array, mediaType = ""): string {
  const [, mark] = BYTE_ORDER_MARKS.find(([start]) => start.every((byte, i) => bytes[i] === byte)) ?? [];
  const declared = mark ?? charsetOf(mediaType) ?? declaredIn(bytes);
  for (const label of [declared, "utf-8"]) {
    const text = label === undefined ? undefined : decoded(bytes, label);
    if (text !== undefined) return text;
  }
  return new TextDecoder("windows-1252").decode(bytes);
}

function charsetOf(mediaType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(mediaType)?.[1];
}

function declaredIn(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, DECLARATION));
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1];
}

/** Undefined for a label that nobody knows, and for bytes that are not of this encoding. */
function decoded(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
