/** What bytes are that no JSON text begins with. */
export type Kind = "gzip" | "utf-16" | "zip";

/** Bytes of a beginning that are enough to tell. */
const HEAD = 4;

/** How messages name them, and what helps. */
export const KINDS: Record<Kind, string> = {
  gzip: "gzip data. A request says so with Content-Encoding: gzip",
  "utf-16": "UTF-16 or UTF-32. Save it as UTF-8",
  zip: "a ZIP archive. Unpack it, or pack the file in it with gzip",
};

/** The kind of bytes that begin so, where they are no text in UTF-8; undefined where they may be such a text. */
export function foreignKind(head: Uint8Array): Kind | undefined {
  const [first, second] = head;
  if (first === undefined || second === undefined) return undefined;
  if (first === 0x1f && second === 0x8b) return "gzip";
  if (first === 0x50 && second === 0x4b) return "zip";
  const isMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // JSON begins with an ASCII character, of which UTF-16 and UTF-32 make one byte and zeros.
  return isMark || first === 0 || second === 0 ? "utf-16" : undefined;
}

/** Finds the kind chunk by chunk; `undefined` is given for the end and answered to ask for more. */
export function kindFinder(): (chunk: Uint8Array | undefined) => Kind | "text" | undefined {
  let head = Buffer.alloc(0);
  return (chunk) => {
    if (chunk !== undefined) head = Buffer.concat([head, chunk.subarray(0, HEAD)]);
    return head.byteLength >= 2 || chunk === undefined ? (foreignKind(head) ?? "text") : undefined;
  };
}
