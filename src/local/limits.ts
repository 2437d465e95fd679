/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** The journal of accepted, unpublished articles is rewritten at this size: some 30,000 keys. */
export const MAX_JOURNAL_BYTES = 1_048_576;

/** How often a local wire looks for work that a dead process left, milliseconds. */
export const ADOPT_EVERY_MS = 5_000;

/**
 * How often a local wire brings late windows and documents to the disk, milliseconds: one that is written many times a second is
 * written once, and a loss of power makes the next start publish what two seconds have brought. More often, the feeds of lone articles would be
 * written again and again.
 */
export const FLUSH_EVERY_MS = 2_000;

/**
 * How long the process that a data folder names may take to say that it lives, milliseconds: it is on this machine, which
 * may be busy.
 */
export const HEALTH_TIMEOUT_MS = 10_000;

/** First pause before an article that could not be published is tried again, milliseconds; it doubles … */
export const RETRY_MS = 1_000;

/** … up to this: a disk that is full or a file that nobody may write is mended by people. */
export const MAX_RETRY_MS = 60_000;

/** The pace of ticks, milliseconds: what is due is done within the minute, as on AWS. */
export const TICK_MS = 60_000;

/** The time of one tick, milliseconds: a wire that is told to stop waits no longer for it than this. */
export const TICK_SLICE_MS = 10_000;

/** A file of the inbox that nobody has written for so long is whole, milliseconds; a younger one is looked at twice. */
export const INBOX_STILL_MS = 120_000;

/** After so long it is written down how far a file was taken in, milliseconds: a wire that stops waits for no more. */
export const INBOX_SLICE_MS = 2_000;

/** How long a purge waits until a running wire is through with its inbox, milliseconds: a file of many million records. */
export const INBOX_PATIENCE_MS = 900_000;

/** Between two tries of that, milliseconds. */
export const INBOX_RETRY_MS = 100;

/** Articles that the embedded wire publishes at once when they queue up: each feed is then written once for all. */
export const MAX_LOCAL_BATCH = 5_000;

/** A batch of so many articles is part of a bulk load … */
export const BULK_BATCH = 32;

/** … and the embedded wire then waits this long for more, milliseconds, unless a client waits for its article. */
export const BULK_PAUSE_MS = 2_000;

/**
 * So long after the last batch of a bulk load, or after as many lone articles, garbage is collected, milliseconds: past the pause between
 * two batches. Readers wait a fifth of a second meanwhile.
 */
export const COLLECT_AFTER_MS = 2 * BULK_PAUSE_MS;

/**
 * Megabytes of one half of V8's space for new objects, which `npm start` asks for by an option of node. V8 takes up to 64. With an eighth of
 * that a load takes at most a twentieth more CPU, and the buffers that nobody needs any more are freed sooner.
 */
export const SEMI_SPACE_MB = 8;

/**
 * Rendered entries that a local wire keeps in memory, bytes: what 75 full feeds show of articles of 5 KB takes 31 MB. Others are
 * read and rendered again in 0.3 ms, where a function has to ask S3 for each.
 */
export const MEMO_BYTES = 32 * 1_048_576;

/** Feeds that a local wire writes at once: no disk is faster with more of them, and each one holds the stories that it reads. */
export const FEEDS_AT_ONCE = 4;

/** Memory of written documents that it keeps for the next ones, bytes: those of five large feeds at once. */
export const SPARE_BYTES = 16 * 1_048_576;

/** Topics that a local wire remembers for one hub: all documents of a wire with many tags. */
export const MAX_HUB_TOPICS = 50_000;

/** From a feed that is new to the list of feeds that has it, milliseconds: an import that makes a thousand writes the list a few times. */
export const LIST_AFTER_MS = 1_000;

/** Records that come at once and are worth a message to another thread, which takes as long as to read one or two. */
export const MIN_CHECKED_TOGETHER = 8;

/** After so long without a record the thread that reads them ends, milliseconds: to start it again takes a tenth of a second. */
export const CHECKER_IDLE_MS = 10_000;

/** Between two looks whether another process knocks, milliseconds: a command beside a server waits no longer than that and a flush. */
export const LOOK_FOR_KNOCK_MS = 200;

/** Such looks until a server that was not alone tries to be alone again: five seconds, since a try stops others for a moment. */
export const LOOKS_BETWEEN_TRIES = 25;

/** Between two looks of the process that knocks, milliseconds. */
export const KNOCK_EVERY_MS = 20;

/** How long it waits for the server to write what it holds, milliseconds: 24 MB on a disk that is busy. */
export const KNOCK_PATIENCE_MS = 60_000;
