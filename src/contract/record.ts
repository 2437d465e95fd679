import * as v from "valibot";
import { ArticleSchema, CHANGE_KINDS, type Published, type Withdrawn } from "../core/article.ts";
import { BREAKING_LEVELS } from "../core/levels.ts";

/** The record as the wire answers it: in normal form, where every choice of the newsroom has one spelling. */

const { label: _, ...sent } = ArticleSchema.entries;

export const RecordSchema = v.object({
  ...sent,
  guid: v.string(),
  updated: v.string(),
  breaking: v.exactOptional(
    v.object({ level: v.picklist(BREAKING_LEVELS), until: v.exactOptional(v.string()) }),
  ),
  change: v.exactOptional(v.object({ kind: v.picklist(CHANGE_KINDS), note: v.exactOptional(v.string()) })),
  status: v.literal("published"),
}) satisfies v.GenericSchema<unknown, Published>;

/** What is left of a withdrawn article. */
export const TombstoneSchema = v.object({
  id: v.string(),
  guid: v.string(),
  published: v.string(),
  updated: v.string(),
  revision: v.exactOptional(v.number()),
  reason: v.exactOptional(v.string()),
  notice: v.exactOptional(v.string()),
  status: v.literal("withdrawn"),
}) satisfies v.GenericSchema<unknown, Withdrawn>;
