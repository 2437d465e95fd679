/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Records of one page of the audit: read at once, held against some hundred windows. */
export const AUDIT_RECORDS = 200;

/** Feeds of one page of the audit, and of a rollout that renders documents again: between two looks at the clock. */
export const AUDIT_FEEDS = 20;

/** References in the windows that the audit remembers from page to page: some 25 MB. */
export const MAX_AUDIT_REFERENCES = 100_000;

/** Notes of an earlier version that one start takes over: a new process takes the rest. */
export const MAX_OLD_NOTES = 1_000;

/** A record that was written within so many milliseconds may still be in the queue: the audit does not call it behind. */
export const SETTLED_MS = 300_000;

/** Stories and repairs that one look at the schedule takes: a minute's work. The next tick takes the rest, at once. */
export const MAX_DUE = 1_000;

/** Feeds that are filled again in one walk of the records: what the walk found stays below some MB. */
export const MAX_REPAIRS = 50;

/** Feeds of one walk for a new site file, opened at once in some seconds: the fewer walks, the fewer reads. */
export const MAX_RANGE = 2_000;

/** References that such a walk finds at most, 6 MB: further feeds are left to the next walk. */
export const MAX_FOUND = 50_000;

/** References that a rebuild in one process finds in one walk, all in memory: some 150 MB. */
export const MAX_FOUND_AT_ONCE = 500_000;

/** How long functions of the version before a deploy may be at work, milliseconds: their longest run and the deploy's. */
export const DEPLOY_SETTLES_MS = 300_000;

/** Records between two looks at the clock, while feeds are filled again: one listing of S3. */
export const REPAIR_PAGE = 1_000;

/** Broken objects that a report names: enough to see what happened to the disk; the log names all of them. */
export const MAX_NAMED = 100;

/** Windows that one look at the status reads: some seconds. */
export const MAX_STATUS_FEEDS = 200;

/** Between two looks at what readers get: the period of the alarm, so that each of its periods has one look. */
export const LOOK_EVERY_MS = 300_000;

/** A document may be a minute old at an edge, and a minute more in the regional cache behind it; one minute for the clocks. */
export const EDGE_OLDEST_MS = 180_000;

/** Between two notes that say the same: 24 writes a day, and `status` knows within the hour that nobody looks any more. */
export const LOOK_NOTED_MS = 3_600_000;

/** Windows that one write of the directory looks into, for the values of feeds that are new: some 10 s on S3. */
export const MAX_VALUES_READ = 5_000;

/** Between two writes of the directory, milliseconds: one a minute, with some room, because ticks do not come to the second. */
export const DIRECTORY_EVERY_MS = 45_000;

/** Records whose stories are written between two looks at the clock, when a wire gets its log. */
export const LOG_RECORDS = 200;

/** Stories on one page of a snapshot: some 400 KB, which a CDN packs to a fifth. */
export const SNAPSHOT_STORIES = 1_000;
