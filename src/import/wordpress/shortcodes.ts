/*
 * Shortcodes of WordPress (https://codex.wordpress.org/Shortcode_API): a name in brackets with attributes, alone or around
 * something. Plugins bring their own names. Words in brackets with neither attributes nor an end are words: `[sic]`.
 */

const TOKEN = /\[(\/?)([a-z][\w-]*)((?:\s[^[\]]*?)?)(\/?)\]/gi;

/** WordPress's own that stand alone without attributes. */
const BARE = new Set(["gallery", "playlist", "audio", "video"]);

type Replace = (name: string, attributes: string, inner: string | undefined) => string;

/** A shortcode that is open, and what was read behind it. */
type Frame = { name: string; attributes: string; token: string; html: string };

/** Replaces shortcodes, the inner ones first. Takes time as the length of the text. */
export function withoutShortcodes(text: string, replace: Replace): string {
  const tokens = [...text.matchAll(TOKEN)];
  const ends = new Map<string, number>();
  for (const [, slash, name = ""] of tokens) if (slash) count(ends, name, 1);
  const outside: Frame = { name: "", attributes: "", token: "", html: "" };
  const open: Frame[] = [];
  const add = (html: string) => {
    (open.at(-1) ?? outside).html += html;
  };
  /** The innermost one had no end: it stood alone. */
  const closeAlone = () => {
    const { name, attributes, token, html } = open.pop() as Frame;
    add(alone(name, attributes, token, replace) + html);
  };
  let read = 0;
  for (const [token, slash, written = "", attributes = "", isClosed] of tokens) {
    const name = written.toLowerCase();
    const at = text.indexOf(token, read);
    add(text.slice(read, at));
    read = at + token.length;
    if (slash) {
      count(ends, name, -1);
      if (!open.some((frame) => frame.name === name)) {
        add(token);
        continue;
      }
      while (open.at(-1)?.name !== name) closeAlone();
      const { attributes, html } = open.pop() as Frame;
      add(replace(name, attributes, html));
    } else if (!isClosed && (ends.get(name) ?? 0) > 0) open.push({ name, attributes, token, html: "" });
    else add(alone(name, attributes, token, replace));
  }
  add(text.slice(read));
  while (open.length > 0) closeAlone();
  return outside.html;
}

function alone(name: string, attributes: string, token: string, replace: Replace): string {
  const isShortcode = BARE.has(name) || /[\w-]\s*=\s*\S/.test(attributes);
  return isShortcode ? replace(name, attributes, undefined) : token;
}

function count(counts: Map<string, number>, name: string, step: number): void {
  const key = name.toLowerCase();
  counts.set(key, (counts.get(key) ?? 0) + step);
}

/** The value of an attribute, with or without quotes. */
export function attributeOf(attributes: string, name: string): string | undefined {
  const quotes = `(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`;
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*${quotes}`, "i").exec(attributes);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
