const BYTE_ORDER_MARKS: [bytes: number[], label: string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xfe, 0xff], "utf-16be"],
  [[0xff, 0xfe], "utf-16le"],
];

/** Bytes in which an XML declaration ends. */
const DECLARATION = 256;

/**
 * The text of a document. RFC 7303 §3 asks for its byte order mark, else the charset of its media type, else its XML
 * declaration; but servers and templates name charsets that the bytes are not of. Bytes beyond ASCII that are UTF-8 are
 * nothing else, so UTF-8 comes before what is declared. Bytes of no such encoding are UTF-8 with some faults, such as texts that
 * were cut inside of a character, or Windows-1252.
 */
export function textOf(bytes: Uint8Array, mediaType = ""): string {
  const [, mark] = BYTE_ORDER_MARKS.find(([start]) => start.every((byte, i) => bytes[i] === byte)) ?? [];
  const declared = charsetOf(mediaType) ?? declaredIn(bytes);
  for (const label of [mark ?? wideOf(bytes), isAscii(bytes) ? declared : "utf-8", declared, "utf-8"]) {
    const text = label === undefined ? undefined : decoded(bytes, label);
    if (text !== undefined) return text;
  }
  const text = new TextDecoder().decode(bytes);
  const faults = text.split("\ufffd").length - 1;
  const letters = text.match(/[\u0080-\uffff]/g)?.length ?? 0;
  return faults * 2 < letters ? text : new TextDecoder("windows-1252").decode(bytes);
}

/** UTF-16 without a mark shows in every other byte of its first two characters, which are ASCII in feeds. */
function wideOf([a, b, c, d]: Uint8Array): string | undefined {
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return "utf-16be";
  return a !== 0 && b === 0 && c !== 0 && d === 0 ? "utf-16le" : undefined;
}

/** Encodings of seven bits, as ISO-2022-JP, are known by what is declared alone. */
const isAscii = (bytes: Uint8Array) => bytes.every((byte) => byte < 0x80);

function charsetOf(mediaType: string): string | undefined {
  return narrow(/;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(mediaType)?.[1]);
}

function declaredIn(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, DECLARATION));
  return narrow(/^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]);
}

/** What is called UTF-16 and does not look like it is something else. */
const narrow = (label: string | undefined) =>
  /^(?:utf-?16|ucs-?2|unicode$)/i.test(label ?? "") ? undefined : label;

/** Undefined for a label that nobody knows, and for bytes that are not of this encoding. */
function decoded(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
