import { defined } from "../words.ts";
import type { Channel, Entry, Person } from "./entry.ts";
import { descriptionIn, mediaOf } from "./media.ts";
import type { RdfFeed, RssFeed, RssItem } from "./parsed.ts";

type Item = RssItem;

/** RSS 2.0 and its elder brothers (https://www.rssboard.org/rss-specification), and RSS 1.0 in RDF (https://web.resource.org/rss/1.0/). */
export function rssEntry(item: Item, base: string): Entry {
  const { guid, link, title, description, content, dc, dcterms, atom, source, rdf } = item;
  const whole = content?.encoded;
  return {
    ...defined({
      guid: guid?.value ?? rdf?.about,
      url: link ?? alternateOf(atom?.links) ?? permalinkOf(guid),
      title: title ?? dc?.titles?.[0],
      summary: description ?? dc?.descriptions?.[0] ?? item.itunes?.summary ?? descriptionIn(item.media),
      content: whole,
      published: item.pubDate ?? dcterms?.issued?.[0] ?? dc?.dates?.[0] ?? atom?.published,
      updated: dcterms?.modified?.[0] ?? atom?.updated,
      language: dc?.languages?.[0],
      rights: dc?.rights?.[0],
      source: sourceOf(source),
    }),
    authors: authorsOf(item),
    tags: [...(item.categories ?? []).map(tagOf), ...(dc?.subjects ?? []).map((name) => ({ name }))],
    media: mediaIn(item),
    related: relatedOf(atom?.links),
    places: placesOf(item),
    base,
  };
}

export function rssChannel(feed: RssFeed | RdfFeed): Channel {
  const { title, link, dc } = feed;
  const { language, copyright, managingEditor } = feed as RssFeed;
  return {
    ...defined({
      title,
      home: link,
      language: language ?? dc?.languages?.[0],
      rights: copyright ?? dc?.rights?.[0],
    }),
    authors: managingEditor?.name === undefined ? [] : [personOf(managingEditor)],
  };
}

/** dc:creator names the byline; `author` is an e-mail address by the specification. */
function authorsOf({ authors = [], dc, itunes, atom }: Item): Person[] {
  const creators = (dc?.creators ?? []).map((name) => ({ name }));
  if (creators.length > 0) return creators;
  if (authors.length > 0) return authors.map(personOf);
  const persons = (atom?.authors ?? []).map(({ name, email, uri }) => defined({ name, email, url: uri }));
  return persons.length > 0 || itunes?.author === undefined ? persons : [{ name: itunes.author }];
}

const personOf = ({ name, email, link }: NonNullable<Item["authors"]>[number]): Person =>
  defined({ name, email, url: link });

const tagOf = ({ name = "", domain }: NonNullable<Item["categories"]>[number]) => ({
  name,
  ...(domain && { scheme: domain }),
});

function mediaIn({ media, enclosures = [], itunes }: Item) {
  const found = mediaOf(media);
  const known = new Set(found.map(({ url }) => url));
  for (const { url, type, length } of enclosures) {
    if (url === undefined || known.has(url)) continue;
    known.add(url);
    found.push({ ...defined({ type, bytes: length }), url });
  }
  const image = itunes?.image;
  return image === undefined || found.length > 0 ? found : [{ url: image, type: "image/*" }];
}

function placesOf({ georss, geo }: Item): Entry["places"] {
  const { point, featureName } = georss ?? {};
  if (point?.lat !== undefined && point.lng !== undefined)
    return [{ lat: point.lat, lon: point.lng, ...(featureName && { name: featureName }) }];
  return geo?.lat === undefined || geo.long === undefined ? [] : [{ lat: geo.lat, lon: geo.long }];
}

const sourceOf = (source: Item["source"]) =>
  source?.title === undefined ? undefined : { name: source.title, ...(source.url && { url: source.url }) };

/** A guid is an address unless the item says that it is none. */
const permalinkOf = (guid: Item["guid"]) =>
  guid?.isPermaLink !== false && /^https?:\/\//i.test(guid?.value ?? "") ? guid?.value : undefined;

type Link = { href?: string; rel?: string; type?: string; title?: string };

/** The page of an entry: a link without `rel` is one too (RFC 4287 §4.2.7.2), and HTML goes before other types. */
export function alternateOf(links: Link[] = []): string | undefined {
  const pages = links.filter(({ rel = "alternate" }) => rel === "alternate");
  return (pages.find(({ type = "text/html" }) => /html/.test(type)) ?? pages[0])?.href;
}

export function relatedOf(links: Link[] = []): Entry["related"] {
  return links.flatMap(({ rel, href, title }) =>
    rel === "related" && href !== undefined && title !== undefined ? [{ url: href, title }] : [],
  );
}
