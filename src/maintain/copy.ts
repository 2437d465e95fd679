import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import type { Site } from "../core/site.ts";
import { remind } from "../life/remind.ts";
import { claimGuid, copyClaim, listClaims } from "../repository/guids.ts";
import { type CopyOutcome, copyRecord, isRecordSame, listRecordPairs } from "../repository/record-copies.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { COPIED_AT_ONCE, MAX_NAMED } from "./limits.ts";

/** What a copy needs: the wire that the records come from, and all of the one they go to. */
export type CopyDeps = Pacing & {
  from: Pick<Stores, "newsroom">;
  site: Site;
  stores: Stores;
  /** Publishes these articles where no event of the store does; answers those that are left. */
  publish?: ((ids: string[]) => Promise<string[]>) | undefined;
};

/** Counts, and the first ids of what needs somebody. */
export type CopyReport = {
  guids: { copied: number; same: number };
  records: Record<Exclude<CopyOutcome, "gone"> | "taken", number>;
  /** The other wire has a newer version, or other content under this one. */
  kept: string[];
  /** Another article has the guid in the other wire. */
  taken: string[];
  unreadable: string[];
  /** Copied, and their documents could not be written. */
  unpublished: string[];
};

export type CopyStep = { step: "guids" | "records"; done: number };

/**
 * Copies guids, and then records, each by a conditional put. Safe to repeat and to cut off: what the other wire has
 * already costs a look, an older version there is replaced, and a newer one stays. An article whose guid belongs to another
 * one there is left out.
 */
export async function copyWire(
  deps: CopyDeps,
  onStep: (step: CopyStep) => void = () => {},
): Promise<CopyReport> {
  const report: CopyReport = {
    guids: { copied: 0, same: 0 },
    records: { copied: 0, replaced: 0, same: 0, kept: 0, unreadable: 0, taken: 0 },
    ...{ kept: [], taken: [], unreadable: [], unpublished: [] },
  };
  const refused = await copyClaims(deps, report, onStep);
  let done = 0;
  for await (const batch of batches(listRecordPairs(deps.from, deps.stores))) {
    const copy = (one: (typeof batch)[number]) => copyOne(deps, one, { refused, report });
    const written = await pMap(batch, copy, { concurrency: CONCURRENCY });
    const ids = written.flatMap((id) => id ?? []);
    if (ids.length > 0) name(report.unpublished, ...((await deps.publish?.(ids)) ?? []));
    done += batch.length;
    onStep({ step: "records", done });
  }
  return report;
}

/** Answers the articles whose guid another one has in the other wire. */
async function copyClaims(
  { from, stores }: CopyDeps,
  report: CopyReport,
  onStep: (step: CopyStep) => void,
): Promise<Set<string>> {
  const refused = new Set<string>();
  let done = 0;
  for await (const batch of batches(listClaims(from, stores))) {
    const answers = await pMap(batch, (pair) => copyClaim(from, stores, pair), { concurrency: CONCURRENCY });
    for (const answer of answers) {
      if (answer.is !== "taken") report.guids[answer.is]++;
      else if (answer.id !== undefined) refused.add(answer.id);
    }
    done += batch.length;
    onStep({ step: "guids", done });
  }
  return refused;
}

/** Answers the id of a record that was written. */
async function copyOne(
  deps: CopyDeps,
  { id, isThere }: { id: string; isThere: boolean },
  { refused, report }: { refused: ReadonlySet<string>; report: CopyReport },
): Promise<string | undefined> {
  if (isThere && (await isRecordSame(deps.from, deps.stores, id))) {
    report.records.same++;
    return undefined;
  }
  const outcome = refused.has(id) ? "taken" : await writeOne(deps, id);
  if (outcome !== "gone") report.records[outcome]++;
  if (outcome === "taken" || outcome === "unreadable" || outcome === "kept") name(report[outcome], id);
  return outcome === "copied" || outcome === "replaced" ? id : undefined;
}

async function writeOne(deps: CopyDeps, id: string): Promise<CopyOutcome | "taken"> {
  try {
    return await compareAndSwap(deps, () =>
      copyRecord(deps.from, deps.stores, id, async (record) => {
        // A guid of the other site's own is reserved by nothing here.
        if ((await claimGuid(deps, record.article)) === CONFLICT) return CONFLICT;
        await remind(deps, record);
        return undefined;
      }),
    );
  } catch (error) {
    if (error instanceof FlashwireError && error.code === "guid-taken") return "taken";
    throw error;
  }
}

function name(list: string[], ...ids: string[]): void {
  list.push(...ids.slice(0, Math.max(0, MAX_NAMED - list.length)));
}

async function* batches<T>(items: AsyncIterable<T>): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < COPIED_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
