import { FlashwireError } from "../core/errors.ts";
import type { IngestDeps } from "../ingest/decide.ts";
import type { Publisher } from "../publish/publisher.ts";
import { readRecordVersion } from "../repository/record-versions.ts";
import type { Versions } from "../store/port.ts";
import { type Restored, restore } from "./restore.ts";
import { type KeptVersion, keptVersions } from "./versions.ts";

export type RestoreDeps = IngestDeps & { versions: Versions; publisher: Publisher };

/** `version`: that of the store; without it the newest that can be read, where the record itself is not there or is damaged. */
export type Choice = { version?: string | undefined; revives?: boolean | undefined };

export type RestoreReport = Restored & {
  /** The version that was restored, as the store names it, and when it was written. */
  from: Pick<KeptVersion, "id" | "written">;
  /** What is left to do, in words: the command has to be repeated. */
  left: string[];
};

/**
 * Restores one of the stored versions of a record, and writes the documents of every feed that has it or had it. Throws as
 * `restore` does; `not-found` for a version that is not kept, `unreadable` for one that holds no record, `invalid` where
 * the record is well and no version is named.
 */
export async function restoreVersion(
  deps: RestoreDeps,
  id: string,
  { version, revives }: Choice,
): Promise<RestoreReport> {
  const kept = await keptVersions(deps.versions, id);
  const chosen = choose(kept, id, version);
  const record = await readRecordVersion(deps.versions, id, chosen.id);
  if (record === undefined || record === "unreadable") throw unreadable(id, chosen.id);
  const newer = kept.slice(0, kept.indexOf(chosen));
  const old = { record, newer: newer.length, isOvertaken: newer.some(isRecord) };
  const restored = await restore(deps, id, old, revives);
  const { left } = await deps.publisher.publish([id]);
  return {
    ...restored,
    from: { id: chosen.id, written: chosen.written },
    left: [...left.values()].map((error) => `Documents may show ${id} as it was before: ${String(error)}`),
  };
}

function choose(kept: KeptVersion[], id: string, version: string | undefined): KeptVersion {
  if (version !== undefined) {
    const named = kept.find((one) => one.id === version);
    if (named === undefined) throw new FlashwireError("not-found", `No version ${version} of ${id} is kept.`);
    if (!isRecord(named)) throw unreadable(id, version);
    return named;
  }
  if (kept[0] !== undefined && isRecord(kept[0])) {
    const detail = `The record of ${id} is there and can be read: name the version to go back to with --version`;
    throw new FlashwireError("invalid", `${detail}; --list shows them.`);
  }
  const newest = kept.find(isRecord);
  if (newest === undefined) throw new FlashwireError("not-found", `No version of ${id} can be read.`);
  return newest;
}

const isRecord = ({ is }: KeptVersion) => is === "published" || is === "withdrawn";

function unreadable(id: string, version: string): FlashwireError {
  return new FlashwireError(
    "unreadable",
    `The version ${version} of ${id} holds no record that can be read.`,
  );
}
