import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import { versionOf } from "../core/version.ts";
import { listRecordVersions, readRecordVersion } from "../repository/record-versions.ts";
import type { TaggedRecord } from "../repository/records.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { Versions } from "../store/port.ts";
import { MAX_VERSIONS } from "./limits.ts";

/** A stored version of a record. `is`: what it holds; "removed" is the mark of a deletion. */
export type KeptVersion = {
  /** The name that the store gives it. */
  id: string;
  /** When it was written: RFC 3339, UTC. */
  written: string;
  is: "published" | "withdrawn" | "removed" | "unreadable";
  isPresent: boolean;
  /** The wire's own name of the version, and its headline; only where the record can be read and is live. */
  version?: string;
  headline?: string;
};

/** The stored versions of a record, the newest first. Throws `not-found` where there are none. */
export async function keptVersions(versions: Versions, id: string): Promise<KeptVersion[]> {
  const listed = await listRecordVersions(versions, id, MAX_VERSIONS);
  if (listed.length === 0) throw new FlashwireError("not-found", `No version of article ${id} is kept.`);
  const described = async ({ id: name, modified, isNewest, isRemoval }: (typeof listed)[number]) => {
    const record = isRemoval ? undefined : await readRecordVersion(versions, id, name);
    return { id: name, written: modified.toISOString(), isPresent: isNewest, ...describe(record) };
  };
  return pMap(listed, described, { concurrency: CONCURRENCY });
}

function describe(
  record: TaggedRecord | "unreadable" | undefined,
): Pick<KeptVersion, "is" | "version" | "headline"> {
  if (record === undefined) return { is: "removed" };
  if (record === "unreadable") return { is: "unreadable" };
  const { article } = record;
  const version = versionOf(record);
  return article.status === "withdrawn"
    ? { is: "withdrawn", version }
    : { is: "published", version, headline: article.headline };
}
