import { placements } from "../core/feed.ts";
import type { StoredRecord } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { shownArticle } from "../core/version.ts";
import { renderEntries } from "./rendered-article.ts";

/**
 * What `next` changes in which feeds when it takes the place of `before`; `entries`: what each of its feeds would show, by
 * the name of the format. A withdrawn article has no entry. One that waits has the entry that it will have.
 */
export function previewOf(site: Site, before: StoredRecord | undefined, next: StoredRecord) {
  const had = before === undefined ? [] : [...placements(site, before).keys()];
  const has = [...placements(site, next).keys()];
  const article = shownArticle(next);
  return {
    enters: has.filter((feed) => !had.includes(feed)).sort(),
    stays: has.filter((feed) => had.includes(feed)).sort(),
    leaves: had.filter((feed) => !has.includes(feed)).sort(),
    ...(article !== undefined && { entries: renderEntries(site, article) }),
  };
}
