import { MAX_RENAMED } from "./limits.ts";
import { withoutDottedI } from "./text.ts";

/** Old names of feeds, and where each leads: the part of a site file that says it. */
export type Renames = { renamed?: Record<string, string>; merged?: Record<string, string> };

/**
 * The name that the feed of this old name has now; undefined for a name that is not old. A feed may be renamed again: an
 * old name leads to the last one at once.
 */
export function currentName(site: Renames, name: string): string | undefined {
  if (site.renamed === undefined && site.merged === undefined) return undefined;
  let current = nextName(site, name);
  for (let step = 1; current !== undefined && step < MAX_RENAMED; step++) {
    const next = nextName(site, current);
    if (next === undefined) break;
    current = next;
  }
  return current;
}

/** What this name leads to at once, in the site file. */
export function nextName({ renamed = {}, merged = {} }: Renames, name: string): string | undefined {
  if (Object.hasOwn(renamed, name)) return renamed[name];
  return Object.hasOwn(merged, name) ? merged[name] : undefined;
}

/** The first name that this feed had. What is merged into a feed counts for nothing here. */
export function firstName({ renamed = {} }: Renames, name: string): string {
  const renames = Object.entries(renamed);
  let first = name;
  for (let step = 0; step < MAX_RENAMED; step++) {
    const before = renames.find(([, to]) => to === first);
    if (before === undefined) break;
    first = before[0];
  }
  return first;
}

/**
 * The feed that an old address leads to: one that the site file renames, or one whose name the version before spelled
 * with the dot of İ as an extra mark. Undefined where the name is not old.
 */
export function movedTo(site: Renames, name: string): string | undefined {
  const spelled = withoutDottedI(name);
  return currentName(site, spelled) ?? (spelled === name ? undefined : spelled);
}
