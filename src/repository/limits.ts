/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** How long a process believes what it read of the tokens, milliseconds: a revoked one works at most this long. */
export const TOKENS_CACHE_MS = 60_000;

/** How long it believes that nobody holds a token, milliseconds: guessing tokens causes a read at most this often. */
export const UNKNOWN_TOKEN_CACHE_MS = 3_000;

/** Holders of tokens, revoked ones included: the desks and systems of a large newsroom. */
export const MAX_TOKENS = 200;

/** Windows that are read to find those which name an article, because its record does not tell: ten seconds on S3. */
export const MAX_SEARCHED_WINDOWS = 5_000;

/** Characters of article bodies that one publish keeps in memory; beyond it a shown article is read once more. */
export const MAX_HELD_BODIES = 32 * 1_048_576;

/** Notes of other publishers that one publisher looks at, at once: a page of a LIST. */
export const MAX_NOTES = 1_000;

/** Records that one step of a publish reads at once: as many as a process asks S3 for at once. */
export const RECORDS_AT_ONCE = 50;

/** Pages of the directory that are read: twice as many as MAX_LISTED_FEEDS of render/ makes, should pages get smaller. */
export const MAX_DIRECTORY_PAGES = 400;
