import * as v from "valibot";
import type { StoredRecord } from "../core/record.ts";

/** A date that the schedule can compute with. */
const date = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

const yes = v.optional(v.literal(true));
const count = v.pipe(v.number(), v.safeInteger());

/** The part of a record that places it in feeds and windows. An error in any other part spoils one entry only. */
export const RecordShape = v.object({
  article: v.object({
    id: v.string(),
    guid: v.string(),
    published: v.string(),
    updated: v.string(),
    status: v.picklist(["published", "withdrawn"]),
    section: v.optional(v.string()),
    sections: v.optional(v.array(v.string())),
    language: v.optional(v.string()),
    tags: v.optional(v.array(v.object({ name: v.string() }))),
    breaking: v.optional(v.object({})),
  }),
  feeds: v.array(v.string()),
  accepted: v.optional(v.string()),
  edition: v.optional(count),
  replaced: v.optional(v.array(v.string())),
  dates: v.optional(v.object({ published: v.optional(v.string()), updated: v.optional(v.string()) })),
  history: v.optional(v.array(v.object({ kind: v.string(), at: v.string() }))),
  pending: v.optional(
    v.object({ release: v.optional(date), settle: v.optional(date), expire: v.optional(date) }),
  ),
  breakingSince: v.optional(v.string()),
  settled: yes,
  ...{ phase: v.optional(count), phased: v.optional(v.string()), redated: v.optional(count) },
  withdrawal: v.optional(v.object({ version: v.string(), order: v.string(), purged: yes })),
  purged: yes,
  sentEtag: v.optional(v.string()),
});

/** The members of a record in the order in which they are written. */
const MEMBERS: (keyof StoredRecord)[] = [
  ...(["article", "feeds", "accepted", "edition", "replaced", "dates", "history", "pending"] as const),
  ...([
    "breakingSince",
    "settled",
    "phase",
    "phased",
    "redated",
    "withdrawal",
    "purged",
    "sentEtag",
  ] as const),
];

/** The bytes of a record. Equal records have equal bytes. */
export function recordBytes(record: StoredRecord): Uint8Array {
  const members = MEMBERS.map((name) => [name, record[name]]);
  return Buffer.from(`${JSON.stringify(Object.fromEntries(members))}\n`);
}
