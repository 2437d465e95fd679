/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/**
 * Records that the command line sends in one request: some seconds of work, so that little is sent twice after a cut. Their
 * answers, each with up to 16 KB of problems, stay below the 6 MB that a Lambda may answer, too.
 */
export const SEND_RECORDS = 250;

/**
 * Bytes of one such request: below MAX_DEPLOYED_BODY_BYTES of src/http/limits.ts, which a wire on AWS takes. It is four
 * times as much as the largest record, so that a record always finds room in a request.
 */
export const SEND_BYTES = 4 * 1_048_576;

/** Milliseconds after which a pipe that has gone quiet is not waited for: a live feed of records is sent at once. */
export const SEND_IDLE_MS = 200;

/** Milliseconds in which no record is taken in, after which the command line gives up: a restart or a deployment takes less. */
export const SEND_PATIENCE_MS = 60_000;

/** The longest pause that a wire may ask for, milliseconds: four tries before the command line gives up. */
export const MAX_ASKED_PAUSE_MS = 15_000;

/** Patience where no wire has ever answered, milliseconds: the address is wrong or the wire is off, and somebody waits for the prompt. */
export const FIRST_PATIENCE_MS = 1_500;

/** A round of the audit begins within a minute of its time; after this long something is wrong, milliseconds. */
export const AUDIT_OVERDUE_MS = 300_000;

/** A tick changes a story within a minute of its time; after this long something is wrong, milliseconds. */
export const STORY_OVERDUE_MS = 300_000;

/** How long `smoke` waits for documents: two caches of 30 s, and a queue. */
export const SMOKE_PATIENCE_MS = 120_000;

/** Runs of one `smoke`: a run begins again where that of another person has taken its place. */
export const MAX_SMOKE_TRIES = 5;

/** Before the second look of `smoke` at the documents, milliseconds: a local wire has them by then. The pause doubles … */
export const FIRST_SMOKE_LOOK_MS = 50;

/** … up to this, milliseconds: each look is a request for each document. */
export const SMOKE_EVERY_MS = 1_000;

/** Refusals printed one by one; behind them only their number. All of them with --json. */
export const MAX_PRINTED = 200;

/** Documents that `show` fetches at once: what a browser does to one host. */
export const DOCUMENTS_AT_ONCE = 6;

/** Files of a folder that are not taken and named in one line; behind them only their number. */
export const MAX_NAMED = 5;

/** Stories that `status` names of those that wait: a screen's half; --json has up to a hundred. */
export const MAX_STORIES = 10;

/** Upkeep notes once in an hour what readers get: after two of them nobody has looked, milliseconds. */
export const READERS_OVERDUE_MS = 7_200_000;

/** Pages of the list of feeds: a wire has 200 at the most, a wire of the version before had one for each 100 feeds. */
export const MAX_FEED_PAGES = 2_000;

/** Articles that `follow` shows before anything is written: a screen. */
export const FOLLOW_PREVIEW = 10;

/** Files of a copy that `sync` reads or writes at once: more than the threads that Node has for them. */
export const COPY_FILES_AT_ONCE = 16;

/** The longest name of a file in a copy, without its ending: file systems take 255 bytes, and archives less. */
export const MAX_COPY_NAME = 200;

/** Between two lines in which `sync` says how far it is behind, milliseconds. */
export const SYNC_REPORT_MS = 1_000;

/** The shortest time between two looks of `sync` at the log, seconds: on this machine no cache answers in place of the wire. */
export const MIN_SYNC_EVERY_S = 0.1;

/** The longest time between two looks of `sync` at the log, seconds: a day. */
export const MAX_SYNC_EVERY_S = 86_400;

/** Before the program of `sync --exec` gets a batch again that it failed with, milliseconds. The pause doubles … */
export const EXEC_RETRY_MS = 5_000;

/** … up to this, milliseconds: a person who mends the program does not wait long. */
export const MAX_EXEC_RETRY_MS = 60_000;

/** Between two lines in which `sync` says that the program of --exec still runs, milliseconds: a program that hangs is seen. */
export const EXEC_TOLD_MS = 60_000;
