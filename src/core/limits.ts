/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** One article as JSON. API Gateway passes 10 MB, SQS and caches like less; the longest live blogs stay below 1 MiB. */
export const MAX_RECORD_BYTES = 1_048_576;

/** The HTML body. Fifty of these must still make a document that a feed reader loads. */
export const MAX_BODY = 524_288;

/** Raw text may be this many times as long as clean text: padded, or with its letters apart. Longer text is not read. */
export const MAX_RAW = 8;

/** Combining marks in a row: the Stream-Safe Text Format of UAX #15. Sorting n of them takes time as n × n. */
export const MAX_MARKS = 30;

/**
 * The form of an article id in keys and addresses: an S3 key has at most 1,024 bytes, and the longest prefix and ending
 * around an id need less than 124 of them.
 */
export const MAX_ID_FORM = 900;

/** Headlines longer than this are paragraphs. */
export const MAX_HEADLINE = 500;

/** Summaries, captions, notes, notices: a long paragraph. */
export const MAX_PARAGRAPH = 5_000;

/** Names of people, sections, tags, places, holders: one line. */
export const MAX_NAME = 200;

/** The longest address that browsers, CDNs and feed readers all still carry, characters. */
export const MAX_URL = 2_048;

/** The name of a host, with user and port: DNS allows 253. Reading a name takes time as the square of its length. */
export const MAX_HOST = 512;

/**
 * Microseconds from 1970 to 2096, so that a time is a revision too. A program's largest number, sent by mistake or for
 * "always the newest", is beyond it: no correction could pass that.
 */
export const MAX_REVISION = 4_000_000_000_000_000;

/** Each tag is a feed to write; a record beyond this is a keyword dump. */
export const MAX_TAGS = 64;

/** Words for search: SEO tools advise ten, and archives that index by hand keep some dozens. */
export const MAX_KEYWORDS = 128;

/** A story is of one genre, or of a few at once: a live analysis with comment. */
export const MAX_GENRES = 8;

/** Sizes and crops of one picture: a `srcset` of eight widths in two shapes. */
export const MAX_RENDITIONS = 16;

/** Corrections that a record names by itself: a live page of several days. */
export const MAX_CORRECTIONS = 64;

/** A story stands in a handful of sections. */
export const MAX_SECTIONS = 16;

/** Bylines of the largest investigations stay below this. */
export const MAX_AUTHORS = 64;

/** A picture gallery. */
export const MAX_MEDIA = 128;

/** The public notice of a withdrawal: a few sentences, because every feed keeps those of its newest withdrawals. */
export const MAX_NOTICE = 1_000;

/** Links to other stories. */
export const MAX_RELATED = 64;

/** Places named in a story. */
export const MAX_PLACES = 64;

/** Letters of a slug: with three UTF-8 bytes a letter, a feed's keys stay far below the 1,024 bytes of an S3 key. */
export const MAX_SLUG = 80;

/** Names whose slug a process remembers, at most 7 MB: those of all sections and tags that a wire has at work. */
export const KNOWN_SLUGS = 10_000;

/**
 * Old names of feeds in a site file, renamed and merged together: each needs a cache behaviour of its own at the CDN. AWS
 * allows 75 for a distribution; the wire's own paths and `aws.cacheSeconds` need the rest.
 */
export const MAX_RENAMED = 40;

/** Entries that one feed may show; a larger feed is an archive. */
export const MAX_WINDOW = 500;

/** Tombstones that a feed shows: every kill of a bad month. */
export const TOMBSTONES = 50;

/** Days for which a stub stands for a killed story, unless the site file says another number: longer than a holiday. */
export const STUB_DAYS = 30;

/** Days for which a site file may have stubs stand: a year. */
export const MAX_STUB_DAYS = 366;

/** Stubs of killed stories in a feed: a night in which a whole desk is taken down. Their bytes have a maximum in render/. */
export const MAX_STUBS = 1_000;

/** Days for which a corrected story is shown though it is not among the newest: readers that look once a week have it. */
export const LATE_DAYS = 7;

/** Corrected stories that a feed shows beyond its newest: twice those of a usual feed. */
export const MAX_LATE = 100;

/** How far ahead a story may be scheduled, milliseconds: 400 days. A slip of the year stays outside. */
export const MAX_AHEAD_MS = 34_560_000_000;

/** How far clocks of a newsroom and of the wire differ, milliseconds: a date ahead by no more than this counts as now. */
export const MAX_CLOCK_AHEAD_MS = 120_000;

/**
 * How far a time that the wire wrote may lie ahead and still be believed, milliseconds: a day. Clocks that are wrong by less
 * do harm for less than a day; those that lose the date are wrong by years.
 */
export const MAX_BELIEVED_AHEAD_MS = 86_400_000;

/** A story that was sent in the last thirty days tells that the clock of its newsroom agrees with that of the wire. */
export const MAX_WITNESS_AGE_MS = 2_592_000_000;

/** Newest changes whose digest a document carries: enough that one which arrives late still counts. */
export const CHANGES = 20;

/** A window holds this many times what is shown: it is short when size + 1 entries leave (withdrawn, moved) before as many arrive. */
export const WINDOW_SLACK = 2;

/** Articles that one publish call folds at once: their records are in memory together. */
export const MAX_BATCH = 100;

/** Minutes for which a site file may send feed readers away: a day. */
export const MAX_TTL = 1_440;

/** Minutes for which a story may be breaking news without an end of its own: a week. */
export const MAX_BREAKING_MINUTES = 10_080;

/** Days of one round of the audit: damage that nobody reported stands for a month at the most. */
export const MAX_AUDIT_DAYS = 31;

/** Characters of an invalid id that an answer repeats: enough to find the record. */
export const MAX_SHOWN_ID = 128;

/** A day and a minute in milliseconds: dates are computed in them. */
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** No date is longer; each fraction fits. */
export const MAX_DATE = 100;

/** RFC 5646 §4.4.1 asks for room for 35 characters. */
export const MAX_LANGUAGE = 35;

/** Language tags whose script a process remembers: to ask Intl takes 10 microseconds, and a newsroom has some tens of tags. */
export const KNOWN_TONGUES = 500;

/** Addresses that get alarms: a desk and its substitutes. Each address is a resource of the stack. */
export const MAX_ALARM_ADDRESSES = 10;

/** Secrets between the CDN and the API: one, and the next one while the secret is changed. */
export const MAX_ORIGIN_SECRETS = 2;

/** The number of such a secret: far more than a stage changes its secret in its life. */
export const MAX_ORIGIN_SECRET_NUMBER = 9_999;

/** Hubs of a site file: each one is told of every change, and readers choose one of a few. */
export const MAX_HUBS = 5;

/** Tags that a site file gives; AWS takes 50 for a resource, and CloudFormation and we have some of our own. */
export const MAX_STACK_TAGS = 20;

/** Websites whose articles one wire takes: the titles of a publishing house. */
export const MAX_SOURCES = 20;

/** The name of a source, which operators type. */
export const MAX_SOURCE_NAME = 64;

/** Between two polls of a source, seconds: a day. */
export const MAX_POLL_SECONDS = 86_400;

/** A single secret in base64 that ends in one `=` has at least so many characters: a shorter one would look like a name without a secret. */
export const MIN_PADDED_SECRET = 16;

/** Changes in a closed page of the log: some 80 KB, which a consumer reads at once, and which a CDN packs to a tenth. */
export const PAGE_CHANGES = 256;

/** Links at the foot of each page: what a reader still looks through. */
export const MAX_LINKS = 20;

/** The style of a newsroom's own, characters: ten times the wire's. Every reader loads it before the first story is shown. */
export const MAX_THEME = 100_000;

/** Days and stories of the sitemap for news, as Google wants (…/crawling-indexing/sitemaps/news-sitemap), and kills that it remembers. */
export const NEWS = { days: 2, stories: 1_000, kills: 100 };

/** Memory from so many bytes has pages of its own. What is smaller would fill its last page, of 4 KB, badly. */
export const MIN_PAGED_BYTES = 65_536;
