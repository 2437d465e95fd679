import { Parser } from "htmlparser2";
import { localName } from "./html-roles.ts";
import type { Tally } from "./html-warnings.ts";

/** Newsrooms write XHTML too. What a browser would make of <p/> does not matter: it gets <p></p>. */
const OPTIONS = { decodeEntities: true, recognizeSelfClosing: true };

/** Who is told what stands in a body. `isAtEnd`: the parser closes what is still open, and tells what is left. */
export type Reader = {
  isAtEnd: boolean;
  open(name: string, sent: Record<string, string>): void;
  text(text: string): void;
  close(name: string, isEnded: boolean): void;
};

/** Tells the reader all tags and texts of a body, and the tally what the end of the body cuts off. */
export function parse(html: string, reader: Reader, tally: Tally): void {
  const parser: Parser = new Parser(
    {
      onopentag: (name, attributes) => reader.open(localName(name), attributes),
      ontext: (text) => reader.text(text),
      onclosetag: (name, isImplied) => reader.close(localName(name), !isImplied),
      oncomment: (text) => {
        if (reader.isAtEnd && text.trim() !== "") tally.add("openComment");
      },
      // The parser leaves out a tag without an end, as browsers do: after a quote that stands open, all that follows.
      onend: () => {
        if (parser.startIndex < html.length) tally.add("openTag");
      },
    },
    OPTIONS,
  );
  parser.write(html);
  reader.isAtEnd = true;
  parser.end();
}

/**
 * The body without the marks of its CDATA sections. Programs that know XML better than HTML wrap a body in one, and to a browser
 * it is a comment: the story would be gone. What scripts and comments hold of such marks is no section.
 */
export function unwrapped(html: string, tally: Tally): string {
  if (!html.includes("<![CDATA[")) return html;
  let sections = 0;
  const parser = new Parser(
    { oncomment: (text) => void (text.startsWith("[CDATA[") && sections++) },
    OPTIONS,
  );
  parser.end(html);
  tally.add("cdata", sections);
  return sections === 0 ? html : html.replace(/<!\[CDATA\[|\]\]>/g, "");
}
