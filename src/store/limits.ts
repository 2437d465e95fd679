/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Tries of one compare-and-swap before the caller's queue takes over; with the backoff below about 20 s. */
export const MAX_ATTEMPTS = 24;

/** First backoff and its cap, milliseconds; the real pause is a random share of it ("full jitter"). */
export const BACKOFF_MS = 10;
export const MAX_BACKOFF_MS = 1_000;

/** Store requests under way at once from one step of a use case. Steps nest: 16 feeds read 16 records each. */
export const CONCURRENCY = 16;

/** Requests to S3, and its sockets, at once from one process: enough for 1,500 a second at 30 ms; further ones wait in line. */
export const S3_REQUESTS_AT_ONCE = 50;

/** An object key, UTF-8: what S3 takes. */
export const MAX_KEY_BYTES = 1_024;

/** ETags that a file store keeps in memory: every object of a busy day, some 15 MB. */
export const MAX_REMEMBERED_ETAGS = 50_000;

/** Paths of keys that a file store keeps in memory: those of all documents that readers poll, at most some 2 MB. */
export const MAX_REMEMBERED_PATHS = 5_000;

/** Longer than a tick of the clocks that stamp files (1 to 10 ms): two writes this far apart have different stamps. */
export const STAMP_SETTLES_MS = 50;

/** Files held open until their stamps settle: far below the 1,024 that many systems allow a process. */
export const MAX_SETTLING = 256;

/** Late objects that a file store holds in memory until the next flush, bytes: the documents of some twenty full feeds. */
export const MAX_HELD_BYTES = 24 * 1_048_576;

/** Memory for them is taken in steps of so many bytes, a tenth of a full feed's document: it has room for one that has grown a little. */
export const HELD_STEP_BYTES = 32_768;

/** Of those, so many are written and synced at a time: the documents of one feed. Meanwhile others wait for the disk. */
export const HELD_WRITES_AT_ONCE = 4;

/** Late files that are synced at once: three quarters of the 32 threads of `npm start` are left to syncs that somebody waits for. */
export const LATE_SYNCS_AT_ONCE = 8;

/** Writes that a file store syncs together: two for each of those threads. The next writes wait for some 20 ms. */
export const MAX_GROUPED_WRITES = 64;

/** A temporary file this old was left by a process that died: a live one needs milliseconds. */
export const TEMPORARY_MAX_AGE_MS = 3_600_000;

/** Work of a file store that may keep an event loop from its other business, such as answering readers. */
export const MAX_BUSY_MS = 5;

/** The lock of a data folder is held for microseconds: after this long its holder has been stopped or hangs. */
export const LOCK_WAIT_MS = 30_000;

/** Sections under one taking of that lock: the documents of a dozen feeds, some milliseconds in which other processes wait. */
export const MAX_LOCK_SECTIONS = 64;

/** Between two tries of that lock. */
export const LOCK_RETRY_MS = 1;

/** Tries of one S3 request by the SDK, throttling and lost answers included. Reads and writes have a try before them. */
export const S3_ATTEMPTS = 5;

/** S3 answers within 100 ms or so; a connection that is not made by then is lost, and tried again. */
export const S3_CONNECT_TIMEOUT_MS = 2_000;

/** The largest documents (25 MB) over a line of 50 Mbit/s take half of it. */
export const S3_REQUEST_TIMEOUT_MS = 10_000;

/** Room below the 255 bytes that file systems give a name. */
export const MAX_NAME_BYTES = 250;

/** Bytes that move into a directory when a name is too long; each takes three characters at most. */
export const PIECE_BYTES = 80;
