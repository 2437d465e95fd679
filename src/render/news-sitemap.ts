import { hash } from "node:crypto";
import { SITEMAP_KEY } from "../core/keys.ts";
import { tongueOf } from "../core/language-tag.ts";
import type { News, NewsItem } from "../core/news.ts";
import type { Site } from "../core/site.ts";
import { clean } from "./clean-record.ts";
import { MAX_LOCATION } from "./limits.ts";
import { nameOf } from "./page/shell.ts";
import { textElement } from "./xml.ts";

/**
 * The stories of the last two days for search engines
 * (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap). The stories lie on the newsroom's host, whose
 * robots.txt has to name this document: see `sitemapLine`. The comment keeps the document from returning to what it was before a kill.
 */
export function newsSitemap(wire: Site, { items, killed }: Pick<News, "items" | "killed">): string {
  const site = clean(wire);
  const unseen = hash("sha256", JSON.stringify(killed)).slice(0, 16);
  const urls = clean(items).flatMap((item) => (item.url.length > MAX_LOCATION ? [] : urlOf(site, item)));
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<!-- unseen ${unseen} -->
${urls.join("\n")}
</urlset>
`;
}

function urlOf(site: Site, { url, title, language, published }: NewsItem): string {
  const name = textElement("news:name", nameOf(site));
  const publication = `${name}${textElement("news:language", languageFor(language, site.language))}`;
  const date = textElement("news:publication_date", published);
  const news = `<news:publication>${publication}</news:publication>${date}${textElement("news:title", title)}`;
  return `<url>${textElement("loc", url)}<news:news>${news}</news:news></url>`;
}

/** ISO 639 in two or three letters, and Chinese by its script. */
function languageFor(tag: string, other: string): string {
  const { language, script } = tongueOf(tag) ?? tongueOf(other) ?? {};
  if (language === "zh") return script === "Hant" ? "zh-tw" : "zh-cn";
  return /^[a-z]{2,3}$/.test(language ?? "") ? (language as string) : "en";
}

/** The line for the robots.txt of the newsroom's own host (https://www.sitemaps.org/protocol.html#submit_robots). */
export const sitemapLine = ({ origin }: Pick<Site, "origin">) => `Sitemap: ${origin}/${SITEMAP_KEY}`;
