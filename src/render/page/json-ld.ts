import type { Correction } from "../../core/article.ts";
import type { Shown } from "../../core/record.ts";
import type { Site } from "../../core/site.ts";
import { dataBlock, type Markup } from "./markup.ts";
import { leadOf } from "./picture.ts";

/* What search engines read: schema.org in JSON-LD (https://developers.google.com/search/docs/appearance/structured-data/article). */

const JSON_LD = "application/ld+json";
const CONTEXT = "https://schema.org";

/** A story as a NewsArticle. JSON leaves out what is undefined. */
export function storyData(site: Site, article: Shown, headline: string, corrections: Correction[]): Markup {
  const picture = leadOf(article);
  return dataBlock(JSON_LD, {
    "@context": CONTEXT,
    "@type": "NewsArticle",
    headline,
    url: article.url,
    mainEntityOfPage: article.url,
    datePublished: new Date(article.published).toISOString(),
    // No page ever returns to bytes that it had before: the version is in it.
    version: article.version ?? article.revision,
    dateModified: new Date(article.updated).toISOString(),
    inLanguage: article.language ?? site.language,
    description: article.summary,
    articleSection: article.section,
    image: picture && [picture.url],
    author: article.authors?.map(({ name, url }) => ({ "@type": "Person", name, url })),
    publisher: { "@type": "NewsMediaOrganization", name: site.publisher.name, url: site.publisher.url },
    correction: orNone(
      corrections.map(({ note, at }) => ({ "@type": "CorrectionComment", text: note, datePublished: at })),
    ),
  });
}

/** The name of the wire, by which search engines call it. */
export function siteData(site: Site, name: string): Markup {
  return dataBlock(JSON_LD, { "@context": CONTEXT, "@type": "WebSite", name, url: `${site.origin}/` });
}

function orNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
