import { Parser } from "htmlparser2";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_ITEM_CHARACTERS } from "../limits.ts";

/** An `item` of an export: its elements by their names as they are written, without those that are empty. */
export type WxrItem = {
  fields: Map<string, string>;
  categories: { domain: string; name: string }[];
  meta: Map<string, string>;
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
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    reader.parser.write(decoder.decode(chunk, { stream: true }));
    yield* found.splice(0);
  }
  const isWhole = reader.isWhole();
  if (!isWhole) throw new FlashwireError("malformed", "The export is cut off: its last element has no end.");
}

function createReader(give: (found: Found) => void): { parser: Parser; isWhole(): boolean } {
  let item: WxrItem | undefined;
  let author: Map<string, string> | undefined;
  let domain = "";
  let metaKey = "";
  let text: string[] = [];
  let size = 0;
  let depth = 0;

  function closeInItem({ fields, categories, meta }: WxrItem, name: string, value: string): void {
    if (value === "") return;
    if (name === "category") categories.push({ domain, name: value });
    else if (name === "wp:meta_key") metaKey = value;
    else if (name === "wp:meta_value") meta.set(metaKey, value);
    else if (!name.startsWith("wp:comment")) fields.set(name, value);
  }

  function closeAuthor(fields: Map<string, string>): void {
    const login = fields.get("wp:author_login");
    if (login !== undefined) give({ author: { login, name: fields.get("wp:author_display_name") ?? login } });
    author = undefined;
  }

  const parser = new Parser(
    {
      ontext(more) {
        size += more.length;
        if (size > MAX_ITEM_CHARACTERS) throw tooLarge();
        text.push(more);
      },
      onopentag(name, attributes) {
        depth++;
        text = [];
        // Between the items stand settings of the site, each of which is small.
        if (name === "item" || item === undefined) size = 0;
        if (name === "item") item = { fields: new Map(), categories: [], meta: new Map() };
        else if (name === "wp:author") author = new Map();
        else if (name === "category") domain = attributes.domain ?? "";
      },
      onclosetag(name, isImplied) {
        if (isImplied) return;
        depth--;
        const value = text.join("").trim();
        text = [];
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

const tooLarge = () =>
  new FlashwireError("too-large", `An item of the export has more than ${MAX_ITEM_CHARACTERS} characters.`);
