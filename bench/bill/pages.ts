/** A part of a page that is computed stands between two comments: `<!-- bill: NAME -->` and `<!-- end -->`. */
const PLACE = /(<!-- bill: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The page with these parts in their places. Throws an Error for a place without a part, or a part without its place. */
export function fill(page: string, parts: Record<string, string>): string {
  const left = new Set(Object.keys(parts));
  const filled = page.replace(PLACE, (_all, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`Nothing is computed for the place ${name}.`);
    left.delete(name);
    return `${begin}\n${part}\n\n${end}`;
  });
  if (left.size > 0) throw new Error(`The page has no place for ${[...left].join(", ")}.`);
  return filled;
}
