import type { ObjectVersion, Versions } from "../store/port.ts";
import { articleKey, parseRecord, type TaggedRecord } from "./records.ts";
import { orUnreadable, UnreadableError } from "./stored-json.ts";

/** The stored versions of a record, the newest first, at most `max`. */
export async function listRecordVersions(
  versions: Versions,
  id: string,
  max: number,
): Promise<ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  for await (const version of versions.list(articleKey(id))) {
    if (found.length === max) break;
    found.push(version);
  }
  return found;
}

/** The record as it was in this version; undefined where there is none, "unreadable" where nobody can read it. */
export async function readRecordVersion(
  versions: Versions,
  id: string,
  version: string,
): Promise<TaggedRecord | "unreadable" | undefined> {
  const stored = await versions.get(articleKey(id), version);
  if (stored === undefined) return undefined;
  const record = await orUnreadable((async () => parseRecord(id, stored))());
  return record instanceof UnreadableError ? "unreadable" : record;
}
