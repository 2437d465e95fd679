import * as v from "valibot";
import { notList, object } from "./fields.ts";
import { MAX_AUDIT_DAYS, MAX_BREAKING_MINUTES } from "./limits.ts";
import { string, whole } from "./site-fields.ts";

/** The parts of the site file that say how the wire works, and change no document by themselves. */

const edgePath = v.pipe(
  string,
  v.regex(/^\/feeds\/[\w.~*?/-]+$/, "must be a path below /feeds/, such as /feeds/breaking/*"),
);

const minutes = whole(1, MAX_BREAKING_MINUTES);
/** Minutes after which breaking news without an end of its own is no breaking news any more, by its level. */
export const breakingMinutes = object({
  flash: v.optional(minutes, 60),
  bulletin: v.optional(minutes, 360),
  urgent: v.optional(minutes, 720),
});

export const upkeep = object({
  /** Days in which every record and every document is held against what it is made of, once. */
  auditDays: v.optional(whole(1, MAX_AUDIT_DAYS), 1),
});

export const aws = object({
  /** Seconds that a record may wait for others, so that one write of a feed serves them all. Breaking news never waits. */
  batchSeconds: v.exactOptional(whole(1, 60)),
  /** Path → seconds that the CDN keeps documents there at most. Elsewhere it does as the documents say, 30 s, and 10 s for breaking news. */
  cacheSeconds: v.exactOptional(notList(v.record(edgePath, whole(0, 86_400), "must be an object"))),
});
