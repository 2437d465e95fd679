import { Parser } from "htmlparser2";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_TEXT_CHARACTERS } from "../limits.ts";

/** An `item` of an export: its elements by their names as they are written, without those that are empty. */
export type WxrItem = {
  fields: Map<string, string>;
  categories: { domain: string; nicename: string; name: string }[];
  meta: Map<string, string>;
  /** Whether one of its texts is longer than what is read, and was left out. */
  isTooLong: boolean;
};

export type Found = { item: WxrItem } | { author: { login: string; name: string } };

/**
 * The items and authors of an export, as they come: memory holds one item at a time. The parser is one that forgives:
 * exports hold characters that XML forbids, stray ampersands and prefixes that nobody declares. Names are taken as they are
 * written, because every export writes the same ones. Throws `malformed` at the end of a file that is cut off.
 */
export async function* readItems(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Found> {
  const found: Found[] = [];
  const reader = createReader((one) => found.push(one));
  let decoder: ReturnType<typeof decoderFor> | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    reader.parser.write(decoder.decode(chunk, { stream: true }));
    yield* found.splice(0);
  }
  const isWhole = reader.isWhole();
  if (!isWhole) throw new FlashwireError("malformed", "The export is cut off: its last element has no end.");
}

/** Exports of old blogs are in the charset of their database, and say so. */
function decoderFor(start: Uint8Array) {
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(
    new TextDecoder("latin1").decode(start),
  );
  try {
    return new TextDecoder(declared?.[1]);
  } catch {
    return new TextDecoder();
  }
}

function createReader(give: (found: Found) => void): { parser: Parser; isWhole(): boolean } {
  let item: WxrItem | undefined;
  let author: Map<string, string> | undefined;
  let domain = "";
  let nicename = "";
  let metaKey = "";
  let text: string[] = [];
  let size = 0;
  let depth = 0;
  /** How deep a comment begins: nobody reads them, and they may be longer than everything else. */
  let comment: number | undefined;

  function closeInItem({ fields, categories, meta }: WxrItem, name: string, value: string): void {
    if (value === "") return;
    if (name === "category") categories.push({ domain, nicename, name: value });
    else if (name === "wp:meta_key") metaKey = value;
    else if (name === "wp:meta_value") meta.set(metaKey, value);
    else fields.set(name, value);
  }

  function closeAuthor(fields: Map<string, string>): void {
    const login = fields.get("wp:author_login");
    if (login !== undefined) give({ author: { login, name: fields.get("wp:author_display_name") ?? login } });
    author = undefined;
  }

  const parser = new Parser(
    {
      ontext(more) {
        if (comment !== undefined) return;
        size += more.length;
        if (size <= MAX_TEXT_CHARACTERS) text.push(more);
      },
      onopentag(name, attributes) {
        depth++;
        text = [];
        size = 0;
        if (name === "item") item = { fields: new Map(), categories: [], meta: new Map(), isTooLong: false };
        else if (name === "wp:comment") comment ??= depth;
        else if (name === "wp:author") author = new Map();
        else if (name === "category") ({ domain = "", nicename = "" } = attributes);
      },
      onclosetag(name, isImplied) {
        if (isImplied) return;
        const isComment = comment !== undefined;
        if (comment === depth) comment = undefined;
        depth--;
        const isTooLong = size > MAX_TEXT_CHARACTERS;
        const value = isTooLong ? "" : text.join("").trim();
        text = [];
        size = 0;
        if (isComment) return;
        // The fields of plugins may be left out; the text of an article may not.
        if (isTooLong && item !== undefined) item.isTooLong ||= name !== "wp:meta_value";
        if (name === "item" && item !== undefined) {
          give({ item });
          item = undefined;
        } else if (name === "wp:author" && author !== undefined) closeAuthor(author);
        else if (author !== undefined) author.set(name, value);
        else if (item !== undefined) closeInItem(item, name, value);
      },
    },
    { xmlMode: true },
  );
  return { parser, isWhole: () => depth === 0 };
}
