import * as v from "valibot";
import { object } from "./fields.ts";
import { MAX_AUDIT_DAYS, MAX_BREAKING_MINUTES } from "./limits.ts";
import { whole } from "./site-fields.ts";

/** The parts of the site file that say how the wire works, and change no document by themselves. */

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
