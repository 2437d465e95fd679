import type { AtomFeed as Atom, RdfFeed as Rdf, RssFeed as Rss } from "feedsmith";

/*
 * What the library reads of XML. Chosen for its namespaces (Media RSS, Dublin Core, GeoRSS, iTunes) and for feeds that are
 * not quite well-formed; feedparser is slower and hides where a value stood, rss-parser knows few namespaces and no RDF.
 */

export type RssFeed = Rss.Feed<string>;
export type RdfFeed = Rdf.Feed<string>;
export type AtomFeed = Atom.Feed<string>;

/** The members of both: what RSS 1.0 lacks is absent. */
export type RssItem = Rss.Item<string> & Pick<Rdf.Item<string>, "rdf">;
export type AtomEntry = Atom.Entry<string>;
export type Media = NonNullable<RssItem["media"]>;
