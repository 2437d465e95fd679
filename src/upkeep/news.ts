import pMap from "p-map";
import { DAY_MS, NEWS } from "../core/limits.ts";
import { type News, newsOf } from "../core/news.ts";
import { readNews } from "../repository/news.ts";
import { headRecord, type TaggedRecord } from "../repository/records.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { UpkeepDeps } from "./deps.ts";

/** The articles among these which the list of the last days' stories lacks, or still has though they are gone. */
export async function unlistedIn(
  deps: UpkeepDeps,
  records: ReadonlyMap<string, TaggedRecord>,
): Promise<Set<string>> {
  const since = new Date(deps.now() - NEWS.days * DAY_MS).toISOString();
  const found = [...records].map(([id, record]) => [id, newsOf(deps.site, record)] as const);
  const { news } = await readNews(deps);
  const listed = new Map(news.items.map((item) => [item.id, item]));
  const isBehind = (id: string, item: News["items"][number] | undefined) => {
    const known = listed.get(id);
    if (item === undefined || item.published <= since) return known !== undefined && item === undefined;
    if (known !== undefined) return known.order !== item.order;
    return news.floor === undefined || item.published > news.floor;
  };
  return new Set(found.flatMap(([id, { item }]) => (isBehind(id, item) ? [id] : [])));
}

/** Takes out of the list what has no record any more. Answers those articles: should be none. */
export async function auditNews(deps: UpkeepDeps): Promise<string[]> {
  const { news } = await readNews(deps);
  const look = async ({ id }: News["items"][number]) =>
    (await headRecord(deps, id)) === undefined ? [id] : [];
  const gone = (await pMap(news.items, look, { concurrency: CONCURRENCY })).flat();
  if (gone.length > 0) await deps.publisher.writeNews(gone);
  return gone;
}
