import { join } from "node:path";
import type { Published } from "../../src/core/article.ts";
import { foldNews, type NewsFound, newsOf, noNews } from "../../src/core/news.ts";
import { newsSitemap } from "../../src/render/news-sitemap.ts";
import { TEST_SITE } from "../support/articles.ts";
import { checkXml } from "./xmllint.ts";

/** What the schema of sitemaps.org says of a sitemap without a story: it asks for one at least. */
const NO_STORY = /^[^\n]*element urlset: [^\n]*Missing child element\(s\)[^\n]*\n[^\n]*fails to validate\n?$/;

/**
 * Holds the sitemap for news against the schemas of sitemaps.org and Google: with each of these groups of articles, in the languages
 * that Google spells otherwise, and without one. The schema of sitemaps.org refuses a sitemap without a story, for that alone;
 * Google takes it (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).
 */
export function checkSitemaps(groups: Published[][], schemas: string): string {
  const schema = ["--schema", join(schemas, "sitemap-all.xsd")];
  const empty = checkXml([Buffer.from(newsSitemap(TEST_SITE, noNews()))], schema);
  if (!NO_STORY.test(empty)) return `the empty sitemap: ${empty || "there is nothing to refuse"}`;
  const filled = groups.filter((group) => group.length > 0).map((group) => Buffer.from(sitemapOf(group)));
  return checkXml(filled, schema);
}

const LANGUAGES = ["en-GB", "zh-Hant-HK", "zh", "ar", "gsw-CH"];

/** A story that bears each of the languages in turn, published when its group is. */
function sitemapOf(articles: Published[]): string {
  const at = Date.now();
  const published = new Date(at).toISOString();
  const found = articles.map((article, i): [string, NewsFound] => {
    const language = LANGUAGES[i % LANGUAGES.length] as string;
    return [article.id, newsOf(TEST_SITE, { article: { ...article, published, language }, feeds: [] })];
  });
  const news = foldNews(noNews(), new Map(found), at);
  if (news.items.length === 0) throw new Error("a group of stories has none for the sitemap");
  return newsSitemap(TEST_SITE, news);
}
