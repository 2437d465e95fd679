/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Rendered entries kept in memory, bytes: all formats of some 5,000 articles of 5 KB, 19 KB each. */
export const MEMO_BYTES = 100 * 1_048_576;

/** Memory of written documents kept for the next ones: those of ten large feeds at once. */
export const SPARE_BYTES = 32 * 1_048_576;

/**
 * Changes that the content of a story tells of: a page with more corrections is a live page, of which readers look at the
 * last ones. Programs get the whole list.
 */
export const MAX_CHANGES_SHOWN = 10;

/** The description of an RSS item whose story has no summary: what a list of stories shows of each, two or three lines. */
export const EXTRACT_CHARACTERS = 200;

/** HTML read in one step for an extract: most bodies have enough words in the first. */
export const READ_AT_ONCE = 1_000;

/** The `ttl` of a feed of breaking news, minutes: RSS knows nothing shorter. */
export const BREAKING_TTL = 1;

/** A thumbnail is shown in lists: some 200 pixels wide, twice as many on dense screens. */
export const MAX_THUMBNAIL_WIDTH = 480;

/** Pixels: what a dense screen shows of a picture in a list; a browser that has no `srcset` gets the smallest that is as wide. */
export const USUAL_WIDTH = 480;

/** The title of an attachment, which each size of a picture repeats: a line. */
export const TITLE_CHARACTERS = 80;

/** Bytes of stubs in a document, oldest out first: as much as the stories of a usual feed. */
export const MAX_STUB_BYTES = 204_800;

/**
 * Feeds on one page of the directory, as many as S3 lists at once: 300 KB, which a CDN packs to a tenth. A newsroom with 100,000
 * tags has 100 pages; a new tag in the middle moves those behind it, 100 writes and 30 MB a minute at the most.
 */
export const DIRECTORY_PAGE = 1_000;

/**
 * Feeds in the OPML document, as many as on the first page of the directory: the feeds of the site file, and the families that a
 * reader would look through. Nobody subscribes to more at once, and the document stays below 400 KB.
 */
export const OPML_FEEDS = 1_000;

/** Days until machines have to read the licence again (by default a month), so that they soon know of a new prohibition. */
export const LICENCE_DAYS = 1;

/** Feeds in the directory: above what large newsrooms have, and the pages of it (60 MB) fit into the memory of the tick. */
export const MAX_LISTED_FEEDS = 200_000;

/** Formatters of Intl in memory, some 10 KB each: five kinds for twenty languages. To make one takes up to 0.3 ms. */
export const FORMATTERS = 100;

/** Beginnings and ends of pages in memory, 3 KB each: those of 500 feeds that a process writes again and again. To make one takes 0.05 ms. */
export const KNOWN_PARTS = 1_000;

/** Stories in the bar of breaking news: what fits above the list on a phone. The list has them all. */
export const MAX_BAR = 3;

/** Stories on the page at the root: a morning's news. The page of the feed has them all. */
export const HOME_STORIES = 20;

/** Feeds on the page at the root beside those of the site file: what people look through. The search knows them all. */
export const HOME_FEEDS = 50;

/** Feeds that the search knows: 2 MB, which a CDN packs to a tenth, and a browser looks through between two key strokes. */
export const SEARCH_FEEDS = 20_000;

/** An address in a sitemap, UTF-16 code units: https://www.sitemaps.org/protocol.html#xmlTagDefinitions wants fewer than 2,048. */
export const MAX_LOCATION = 2_047;
