import { shownBreaking } from "../core/record.ts";
import type { Records } from "../repository/records.ts";
import type { Changed } from "./feed-work.ts";
import { writeHome } from "./home.ts";
import type { Press } from "./press.ts";
import { readable } from "./tell.ts";

type Batch = { records: Records; isChanged: boolean };

/**
 * Brings the page at the root up to date at once, for these articles whose windows are written, where a kill or breaking news is
 * among them; other news is left to the tick. `isChanged`: documents of feeds have changed. `left`: the kills that may still be on
 * the page, with what went wrong.
 */
export async function tellHome(
  press: Press,
  ids: string[],
  { records, isChanged }: Batch,
): Promise<{ changed: Changed[]; left: Map<string, unknown> }> {
  const killed = ids.filter((id) => readable(records, id)?.article.status === "withdrawn");
  const isBreaking = (id: string) => {
    const record = readable(records, id);
    return record !== undefined && shownBreaking(record) !== undefined;
  };
  if (killed.length === 0 && !(isChanged && ids.some(isBreaking))) return { changed: [], left: new Map() };
  try {
    return { changed: await writeHome(press), left: new Map() };
  } catch (error) {
    press.log("home.failed", { error: String(error) });
    return { changed: [], left: new Map(killed.map((id) => [id, error])) };
  }
}
