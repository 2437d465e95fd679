/**
 * Every named maximum of the wire, each with its reason. Sizes are bytes where the name says BYTES, else
 * UTF-16 code units or counts.
 */

/** One article as JSON. API Gateway passes 10 MB, SQS and caches like less; the longest live blogs stay below 1 MiB. */
export const MAX_RECORD_BYTES = 1_048_576;

/** The HTML body. Fifty of these must still make a document that a feed reader loads. */
export const MAX_BODY = 524_288;

/**
 * Text may come this many times as long as it may be when it is clean: padded, or with its letters taken apart. What
 * is longer is not looked at.
 */
export const MAX_RAW = 8;

/** Combining marks in a row: the Stream-Safe Text Format of UAX #15. Sorting n of them takes time as n × n. */
export const MAX_MARKS = 30;

/** Headlines longer than this are paragraphs. */
export const MAX_HEADLINE = 500;

/** Summaries, captions, notes, notices: a long paragraph. */
export const MAX_PARAGRAPH = 5_000;

/** Names of people, sections, tags, places, holders: one line. */
export const MAX_NAME = 200;

/** What browsers, CDNs and feed readers all still carry. */
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

/** A story stands in a handful of sections. */
export const MAX_SECTIONS = 16;

/** Bylines of the largest investigations stay below this. */
export const MAX_AUTHORS = 64;

/** A picture gallery. */
export const MAX_MEDIA = 128;

/** Links to other stories. */
export const MAX_RELATED = 64;

/** Places named in a story. */
export const MAX_PLACES = 64;

/** Feeds that one article may ever have been in: a kill has to reach each of them. */
export const MAX_PLACEMENTS = 512;

/** Letters of a slug: with three UTF-8 bytes a letter, a feed's keys stay far below the 1,024 bytes of an S3 key. */
export const MAX_SLUG = 80;

/** Wrong fields listed in one answer: enough to mend a template, not a reflection of the whole body. */
export const MAX_PROBLEMS = 100;

/** Entries that one feed may show; a larger feed is an archive. */
export const MAX_WINDOW = 500;

/** Tombstones that a feed shows: every kill of a bad month. */
export const TOMBSTONES = 50;

/**
 * How far an article may be dated ahead of the wire's clock, milliseconds: a day. Clocks that differ and local time sent
 * as UTC (14 hours at the most) stay below; a slip of the year would stand on top of every feed, and refuse each later
 * correction as older.
 */
export const MAX_AHEAD_MS = 86_400_000;

/** Newest changes whose digest a document carries: enough that one which arrives late still counts. */
export const CHANGES = 20;

/**
 * A window holds this many times what is shown, so that entries which leave (withdrawn, moved) seldom leave it
 * short: size + 1 of them must leave before as many arrive.
 */
export const WINDOW_SLACK = 2;

/** Tries of one compare-and-swap before the caller's queue takes over; with the backoff below about 20 s. */
export const MAX_ATTEMPTS = 24;

/** First backoff and its cap, milliseconds; the real pause is a random share of it ("full jitter"). */
export const BACKOFF_MS = 10;
export const MAX_BACKOFF_MS = 1_000;

/** Store requests under way at once from one use case: below the socket pool of the S3 client (50). */
export const CONCURRENCY = 16;

/** References in the windows that a warm process remembers, 250 bytes each: a thousand feeds of the usual size. */
export const MAX_CACHED_REFERENCES = 200_000;

/** Rendered entries kept in memory, bytes: three formats of some 5,000 articles of 5 KB. */
export const MEMO_BYTES = 100 * 1_048_576;

/** Memory of written documents kept for the next ones: those of ten large feeds at once. */
export const SPARE_BYTES = 32 * 1_048_576;

/** Records in one stream or array: a whole day of a large agency, a hundred times over. */
export const MAX_STREAM_RECORDS = 1_000_000;

/** Articles that one publish call folds at once: their records are in memory together. */
export const MAX_BATCH = 100;

/** Minutes for which a site file may send feed readers away: a day. */
export const MAX_TTL = 1_440;

/** Elements open at once in a body. Browsers stop at 512, and the parser's time grows with the square of the depth. */
export const MAX_HTML_DEPTH = 256;

/** Links, images and embedded elements of a body: one for each 50 characters of the longest. Each costs microseconds. */
export const MAX_LINKS = 10_000;

/** Sizes that one image is offered in: image services write some 30. */
export const MAX_CANDIDATES = 64;

/** Times that a body is cleaned until it stays as it is. Two do for the worst HTML seen; more is an attack. */
export const MAX_HTML_PASSES = 10;

/** Records that the command line sends in one request: some seconds of work, so that little is sent twice after a cut. */
export const SEND_RECORDS = 500;

/** Bytes of one such request, from which no further record joins it: with one more it is below the 6 MB of a Lambda. */
export const SEND_BYTES = 4 * 1_048_576;

/** Milliseconds after which a pipe that has gone quiet is not waited for: a live feed of records is sent at once. */
export const SEND_IDLE_MS = 200;

/** Milliseconds without any answer after which the command line gives up: a restart or a deployment takes less. */
export const SEND_PATIENCE_MS = 60_000;

/** The same before the first answer: then the address is wrong or the wire is off, and somebody waits for the prompt. */
export const FIRST_PATIENCE_MS = 1_500;

/** An object key, UTF-8: what S3 takes. */
export const MAX_KEY_BYTES = 1_024;

/** ETags that a file store keeps in memory: every object of a busy day, some 10 MB. */
export const MAX_REMEMBERED_ETAGS = 50_000;

/** Longer than a tick of the clocks that stamp files (1 to 10 ms): two writes this far apart have different stamps. */
export const STAMP_SETTLES_MS = 50;

/** Files held open until their stamps settle: far below the 1,024 that many systems allow a process. */
export const MAX_SETTLING = 256;

/** A temporary file this old was left by a process that died: a live one needs milliseconds. */
export const TEMPORARY_MAX_AGE_MS = 3_600_000;

/** Work of a file store that may keep an event loop from its other business, such as answering readers. */
export const MAX_BUSY_MS = 5;

/** The lock of a data folder is held for microseconds: after this long its holder has been stopped or hangs. */
export const LOCK_WAIT_MS = 30_000;

/** Between two tries of that lock. */
export const LOCK_RETRY_MS = 1;

/** Answers to a stream that wait for a client which first sends everything: those to 100,000 records. */
export const MAX_WAITING_ANSWERS_BYTES = 32 * 1_048_576;

/** Records of a stream worked on at once; each is at most MAX_RECORD_BYTES. */
export const STREAM_CONCURRENCY = 16;

/** An unfilled batch of a slow stream is worked on after this long: a flash must not wait for its neighbours. */
export const BATCH_LINGER_MS = 25;

/** Compressed documents kept in memory, bytes: some 500 feeds in three formats. */
export const COMPRESSED_BYTES = 64 * 1_048_576;

/** Smaller documents fit into one packet or two as they are; compressing them only adds work. */
export const MIN_COMPRESSED_BYTES = 1_024;

/** Feeds listed on one page of the directory. */
export const FEEDS_PAGE = 100;

/** A client that needs longer to say what it wants is broken or an attack. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Headers of one request: a token, conditions, a long URL. */
export const MAX_HEADER_BYTES = 16_384;

/** 100 MB over a line of 1 Mbit/s. */
export const REQUEST_TIMEOUT_MS = 900_000;

/** A connection on which nothing moves in either direction. */
export const IDLE_TIMEOUT_MS = 120_000;

/** What requests under way get to finish in when the server closes; process managers kill after 10 s and more. */
export const CLOSE_GRACE_MS = 8_000;

/** The journal of accepted, unpublished articles is rewritten at this size: some 30,000 ids. */
export const MAX_JOURNAL_BYTES = 1_048_576;

/** How often a local wire looks for work that a dead process left, milliseconds. */
export const ADOPT_EVERY_MS = 5_000;

/** How long the process that a data folder names may take to say that it lives, milliseconds: it is on this machine. */
export const HEALTH_TIMEOUT_MS = 2_000;

/** First pause before an article that could not be published is tried again, milliseconds; it doubles … */
export const RETRY_MS = 1_000;

/** … up to this: a disk that is full or a file that nobody may write is mended by people. */
export const MAX_RETRY_MS = 60_000;

/** How often a local wire may rebuild feeds that ran short, milliseconds; as long as that fails it doubles, too. */
export const REPAIR_EVERY_MS = 10_000;

/** Read and thrown away of a record that is too large, so that its sender gets to read why; more cuts the connection. */
export const MAX_DISCARDED_BYTES = 8 * 1_048_576;

/** Records that one sweep compares with their windows: 288,000 reads a day, some 0.12 USD. */
export const AUDIT_RECORDS = 200;

/** Windows that one sweep compares with their documents: 60 feeds in three minutes, 2,000 in under two hours. */
export const AUDIT_WINDOWS = 20;

/** What was written this recently may still be in the queue, milliseconds: not yet behind. */
export const SETTLED_MS = 300_000;

/** Feeds that are filled again in one walk of the records: what the walk found stays below some MB. */
export const MAX_REPAIRS = 50;

/** Feeds of one walk for a new site file, opened at once in some seconds: the fewer walks, the fewer reads. */
export const MAX_RANGE = 2_000;

/** What such a walk has found is kept below so many references, 6 MB: feeds beyond that are left to the next walk. */
export const MAX_FOUND = 50_000;

/** How long functions of the version before a deploy may be at work, milliseconds: their longest run and the deploy's. */
export const DEPLOY_SETTLES_MS = 300_000;

/** Records between two looks at the clock, while feeds are filled again: one listing of S3. */
export const REPAIR_PAGE = 1_000;

/** How long a process believes what it read of the tokens, milliseconds: a revoked one works at most this long. */
export const TOKENS_CACHE_MS = 60_000;

/** How long it believes that nobody holds a token, milliseconds: who guesses causes a read at most this often. */
export const UNKNOWN_TOKEN_CACHE_MS = 3_000;

/** Holders of tokens, revoked ones included: the desks and systems of a large newsroom. */
export const MAX_TOKENS = 200;

/** Broken objects that a report names: enough to see what happened to the disk; the log names all of them. */
export const MAX_NAMED = 100;

/** Refused records that the result of a dropped file names: enough to mend its source. */
export const MAX_DROP_PROBLEMS = 1_000;

/** Read of a dropped file at once: no connection waits while its records are worked on, and a broken one costs little. */
export const DROP_PART_BYTES = 8 * 1_048_576;

/** Handed on of such a part at once, so that what a batch has read is known closely. */
export const DROP_CHUNK_BYTES = 65_536;

/** Bytes of a dropped file from which no further record joins a batch: with what is made of them, some 50 MB of memory. */
export const DROP_BATCH_BYTES = 4 * 1_048_576;

/** Left of a function's time when a dropped file is put down to be gone on with, milliseconds. */
export const DROP_RESERVE_MS = 20_000;

/** Tries of one S3 request by the SDK, throttling and lost answers included. */
export const S3_ATTEMPTS = 5;

/** Articles that the embedded wire publishes at once when they queue up: each feed is then written once for all. */
export const MAX_LOCAL_BATCH = 5_000;

/** Characters of article bodies that one publish keeps in memory; beyond it a shown article is read once more. */
export const MAX_HELD_BODIES = 32 * 1_048_576;

/** S3 answers within 100 ms or so; a connection that is not made by then is lost, and tried again. */
export const S3_CONNECT_TIMEOUT_MS = 2_000;

/** The largest documents (25 MB) over a line of 50 Mbit/s take half of it; waiting for a free socket counts too. */
export const S3_REQUEST_TIMEOUT_MS = 10_000;

/** A batch of so many articles is part of a bulk load … */
export const BULK_BATCH = 32;

/** … and the embedded wire then waits this long for more, milliseconds, unless a client waits for its article. */
export const BULK_PAUSE_MS = 2_000;

/** Left of the sweep's time when it stops looking for further work, milliseconds. */
export const SWEEP_RESERVE_MS = 25_000;

/** The sweep comes each minute; after this long without one something is wrong, milliseconds. */
export const SWEEP_OVERDUE_MS = 300_000;

/** How long `smoke` waits for documents: two caches of 30 s, and a queue. */
export const SMOKE_PATIENCE_MS = 120_000;

/** Between two looks of `smoke` at the documents, milliseconds. */
export const SMOKE_EVERY_MS = 1_000;
