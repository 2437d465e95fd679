import { LRUCache } from "lru-cache";
import type { Site } from "../../core/site.ts";
import { KNOWN_PARTS } from "../limits.ts";
import type { Markup } from "./markup.ts";

const known = new WeakMap<Site, LRUCache<string, Markup>>();

/** HTML that no article of a feed changes. It is made once for a site and all else that it `dependsOn`, not once for each article. */
export function fixed(site: Site, dependsOn: unknown[], make: () => Markup): Markup {
  const parts = known.get(site) ?? new LRUCache<string, Markup>({ max: KNOWN_PARTS });
  known.set(site, parts);
  const key = JSON.stringify(dependsOn);
  const found = parts.get(key) ?? make();
  parts.set(key, found);
  return found;
}
