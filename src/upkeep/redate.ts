import pMap from "p-map";
import { believed } from "../life/clock.ts";
import { putPhase } from "../life/put-phase.ts";
import type { TaggedRecord } from "../repository/records.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import { attempt, type Failure } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";

/**
 * Writes those of these records again that were taken in while a clock was wrong by days or years, with times that can
 * be believed. Answers their ids: they are to be published. A record that changes meanwhile is left to the next round.
 */
export async function redate(
  deps: UpkeepDeps,
  records: ReadonlyMap<string, TaggedRecord>,
  failed: Failure[],
): Promise<string[]> {
  const redated: string[] = [];
  const write = async (id: string, record: TaggedRecord) => {
    // The date of a kill may be the wire's own.
    const sent = record.article.status === "published" ? record.article.updated : undefined;
    const right = believed(record, { written: record.modified.getTime(), now: deps.now(), sent });
    if (right === record) return;
    if ((await putPhase(deps, right, record)) !== CONFLICT) redated.push(id);
  };
  await pMap(records, ([id, record]) => attempt(deps, id, failed, () => write(id, record)), {
    concurrency: CONCURRENCY,
  });
  if (redated.length > 0) deps.log("audit.redated", { articles: redated });
  return redated;
}
