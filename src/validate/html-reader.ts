import { FlashwireError } from "../core/errors.ts";
import { BLOCKS } from "./html-allowlist.ts";
import { cleanAttributes } from "./html-attributes.ts";
import { finish, gapWith } from "./html-elements.ts";
import { finishEmbed, readPart } from "./html-embed-element.ts";
import { type Found, foundIn } from "./html-embeds.ts";
import { isDrawnFormula, isHidden, isUnseenFrame } from "./html-hidden.ts";
import { asFallback, finishImage, sourceItems } from "./html-images.ts";
import { type Item, type Joined, join, textItem, withoutFallbacks } from "./html-items.ts";
import { parse } from "./html-parse.ts";
import { withLateAddresses } from "./html-pictures.ts";
import { isLine, isToken, OPEN_ENDED, type Role, roleOf, tagOf } from "./html-roles.ts";
import { escapeText, textOf } from "./html-text.ts";
import type { Addresses } from "./html-urls.ts";
import { kindOf, type Tally } from "./html-warnings.ts";
import { MAX_HTML_DEPTH } from "./limits.ts";

type Attributes = Record<string, string>;

/** An element that is open. */
type Frame = {
  name: string;
  tag: string;
  role: Role;
  /** As they were sent, and as they may stay. */
  sent: Attributes;
  attributes: Attributes;
  items: Item[];
  found?: Found;
  /** Set for an image whose own address a script would have replaced by another one. */
  late?: boolean;
};

/** Elements that a link with its picture adds where an embed was: figure, a, img. */
const DEPTH_OF_EMBED = 3;

/** What one reading makes of a body; `isEmbed`: it is nothing but embeds. */
export type Reading = Joined & { isEmbed: boolean };

/** Reads HTML once, from the inside out: an element is finished when all that it holds is. */
export function readOnce(html: string, addresses: Addresses, tally: Tally): Reading {
  const reader = new Reader(addresses, tally);
  parse(html, reader, tally);
  return reader.finish();
}

class Reader {
  isAtEnd = false;
  readonly #addresses: Addresses;
  readonly #tally: Tally;
  readonly #root: Frame = { name: "", tag: "", role: "through", sent: {}, attributes: {}, items: [] };
  readonly #stack: Frame[] = [this.#root];
  /** Addresses of the images outside of noscript. */
  readonly #seen = new Set<string>();
  readonly #embeds: Found[] = [];
  /** How many of each are open. */
  readonly #open = { links: 0, captions: 0, lines: 0, math: 0, tokens: 0, noscripts: 0, depth: 0 };

  constructor(addresses: Addresses, tally: Tally) {
    this.#addresses = addresses;
    this.#tally = tally;
  }

  get #top(): Frame {
    return this.#stack.at(-1) as Frame;
  }

  open(name: string, sent: Attributes): void {
    const role = roleOf(name, this.#open.math > 0, this.#open.tokens > 0);
    const frame: Frame = { name, tag: tagOf(name), role, sent, attributes: {}, items: [] };
    if (role === "element") this.#readAttributes(frame);
    else if (role === "removed") this.#addresses.count();
    else if (role === "embed") {
      frame.found = foundIn(name, sent, this.#addresses);
      this.#embeds.push(frame.found);
    }
    if (this.#top.found) readPart(this.#top.found, name, sent, this.#addresses, this.#tally);
    this.#count(frame, 1);
    if (this.#open.depth > MAX_HTML_DEPTH) {
      throw new FlashwireError("invalid", `must not nest elements deeper than ${MAX_HTML_DEPTH}`);
    }
    this.#stack.push(frame);
  }

  text(text: string): void {
    if (this.#top.role !== "raw") this.#top.items.push(textItem(escapeText(text)));
  }

  /** `isEnded`: by its own end tag. The parser also closes what it never opened: a tag that is cut by the end. */
  close(name: string, isEnded: boolean): void {
    if (this.#top.name !== name) return;
    const frame = this.#stack.pop() as Frame;
    this.#count(frame, -1);
    if (frame.role === "embed") this.#embeds.pop();
    const items = this.#isHidden(frame, isEnded) ? this.#hide(frame) : this.#finished(frame, isEnded);
    for (const item of items) this.#top.items.push(item);
  }

  finish(): Reading {
    const items = withoutFallbacks(this.#root.items, this.#seen);
    const isEmbed =
      items.some((item) => item.embed) && !items.some((item) => item.content && item.embed === undefined);
    return { ...join(items, "flow", this.#tally), isEmbed };
  }

  #count({ tag, role }: Frame, step: 1 | -1): void {
    const open = this.#open;
    open.depth += role === "embed" ? step * (1 + DEPTH_OF_EMBED) : step;
    if (role === "noscript") open.noscripts += step;
    if (role !== "element") return;
    if (tag === "a") open.links += step;
    if (tag === "figcaption") open.captions += step;
    if (tag === "math") open.math += step;
    if (isToken(tag)) open.tokens += step;
    if (isLine(tag)) open.lines += step;
  }

  #readAttributes(frame: Frame): void {
    const { tag, sent } = frame;
    const isImage = tag === "img" || tag === "source";
    const { attributes, late } = isImage
      ? withLateAddresses(sent, this.#addresses)
      : { attributes: sent, late: false };
    frame.late = late;
    frame.attributes = cleanAttributes(tag, attributes, this.#addresses);
    if (tag !== "a" || (frame.attributes.href !== undefined && this.#open.links === 0)) return;
    this.#tally.add(frame.attributes.href === undefined ? "linkWithoutAddress" : "linkInLink");
    frame.role = "through";
  }

  #isHidden({ name, role, sent }: Frame, isEnded: boolean): boolean {
    if (role === "raw" || !(isHidden(name, sent) || isUnseenFrame(name, sent) || isDrawnFormula(sent)))
      return false;
    // Where the end tag is missing, the rest of the story would be hidden.
    return isEnded || !this.isAtEnd || OPEN_ENDED.has(name);
  }

  #hide({ tag }: Frame): Item[] {
    this.#tally.add("hidden");
    return BLOCKS.has(tag) ? [gapWith()] : [];
  }

  #finished(frame: Frame, ended: boolean): Item[] {
    const { name, role, items, found } = frame;
    if (role === "embed" && found) return finishEmbed({ name, found, items, ended }, this.#tally);
    if (role === "noscript") return asFallback(items);
    if (role === "raw" || role === "removed") {
      this.#tally.add(kindOf(name));
      if (role === "raw" && !ended && this.isAtEnd) this.#tally.add("openTag");
      return role === "raw" || ended ? [] : items;
    }
    return role === "element" ? this.#finishedElement(frame) : items;
  }

  #finishedElement(frame: Frame): Item[] {
    const { tag, attributes, items } = frame;
    if (tag === "img") return this.#finishedImage(frame);
    if (tag === "source") return sourceItems(attributes);
    if (tag === "a")
      this.#embeds
        .at(-1)
        ?.links.push({ url: attributes.href ?? "", text: textOf(items.map(({ html }) => html).join("")) });
    const { links, captions, lines } = this.#open;
    const parent = this.#stack.findLast(({ role }) => role === "element")?.tag;
    return finish(
      {
        tag,
        attributes,
        items,
        parent,
        inLine: lines > 0,
        embedsLeave: links + captions > 0,
      },
      this.#tally,
      this.#seen,
    );
  }

  #finishedImage({ sent, attributes, late = false, items }: Frame): Item[] {
    const embed = this.#embeds.at(-1);
    const around = {
      addresses: this.#addresses,
      tally: this.#tally,
      seen: this.#seen,
      inNoscript: this.#open.noscripts > 0,
    };
    return finishImage({ sent, attributes, late, items }, embed ? { ...around, embed } : around);
  }
}
