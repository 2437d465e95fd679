/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** A headline that is made of an article's first words has at most so many characters: about as many as a newsroom's. */
export const MAX_MADE_HEADLINE = 90;

/** The text of a date has at most so many characters: the longest spellings name a weekday, a month and a zone, with HTML around them. */
export const MAX_DATE_TEXT = 200;

/** How far ahead of the wire's clock that of a website may be, milliseconds: servers differ by seconds. */
export const AHEAD_MS = 60_000;

/** A longer summary is the article itself: no standfirst has so many characters. */
export const MAX_STANDFIRST = 600;

/** A feed as a file: an archive of some 20,000 articles; its text and its entries take some ten times as much memory. */
export const MAX_FEED_BYTES = 64 * 1_048_576;

/** A feed that is followed: all sources share the memory of one function. */
export const MAX_POLLED_BYTES = 16 * 1_048_576;

/** Pages of one feed: a blog of ten years with ten entries a page. A feed that leads on for ever ends here. */
export const MAX_PAGES = 1_000;

/** Posts asked for at once: the most that WordPress gives. */
export const POSTS_A_PAGE = 100;

/** Lists of posts that one import asks for: a million posts. */
export const MAX_LISTS = 20_000;

/** Posts in a row that a list has shown before: five pages of one second, which were moved. A list that shows more never ends. */
export const MAX_SEEN_AGAIN = 500;

/** Tries of one request to a source, with the pauses below some seconds together. */
export const SOURCE_TRIES = 4;

/** First pause before another try, milliseconds; each further one is twice as long. */
export const SOURCE_PAUSE_MS = 1_000;

/** The longest pause that a source may ask for, milliseconds: limits of requests are mostly per minute. */
export const MAX_ASKED_PAUSE_MS = 60_000;

/** An import reads so many bytes of an answer that refuses: WordPress's word stands in its first lines. */
export const MAX_REFUSAL_BYTES = 16_384;

/** Pictures of an export that are remembered: some 300 bytes each, of the largest sites together 60 MB. */
export const MAX_ATTACHMENTS = 200_000;

/** One text of an export: ten times the longest article. Comments are not read at all. */
export const MAX_TEXT_CHARACTERS = 8 * 1_048_576;

/** Between two looks at whether known posts are still there, milliseconds: a removal need not be seen in seconds. */
export const LOOK_EVERY_MS = 60_000;

/** Older pages of a feed that are read after a source was away: as many as a week of a busy newsroom fills. */
export const MAX_CAUGHT_UP = 20;

/** Pages of changed posts that one poll of a site reads; what is more comes with the next, at once. */
export const MAX_POLL_PAGES = 5;

/** Links of a page that are looked at: a site with a feed for each of its sections names some dozens. */
export const MAX_PAGE_LINKS = 50;
