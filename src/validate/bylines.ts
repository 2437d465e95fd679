/** Between two names. In other languages the word for `and` is a part of names. */
const AND = /\s+(?:and|und|et|&)\s+|\s*;\s*/u;

/**
 * The people that a byline names: `By Ada Quill, Ben Lens and Cy Young`. A comma parts names only where each part has
 * two words, since `Quill, Ada` is one person; a part that begins with a small letter is the rest of a name.
 */
export function namesIn(byline: string): string[] {
  const line = byline.trim().replace(/^by\s+(?=\S)/i, "");
  const parts = split(line, AND);
  const names = parts.flatMap((part) => {
    const others = split(part, /\s*,\s*/u);
    return others.every((name) => /\S\s+\S/u.test(name)) ? others : [part];
  });
  return names.some((name) => /^\p{Ll}/u.test(name)) ? [line] : names;
}

function split(text: string, between: RegExp): string[] {
  return text.split(between).filter((part) => part.trim() !== "");
}
