import pMap from "p-map";
import { encodeArticleId } from "../core/article-id.ts";
import type { SnapshotItem } from "../core/change-log.ts";
import { storyKey } from "../core/keys.ts";
import { snapshotOutput } from "../render/outputs.ts";
import { putClosedPage, readSnapshot } from "../repository/change-log.ts";
import { listStoryIds, readStory } from "../repository/stories.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import type { TimeIsUp, UpkeepDeps } from "./deps.ts";
import { nameSnapshot } from "./epoch.ts";
import { pagesOf } from "./pages.ts";

/** How far the snapshot of an epoch is. `after`: the form of the id of the last story; `pages`: those that are written. */
export type SnapshotPart = { after?: string | undefined; pages: number; isWhole: boolean };

/** Goes on with the pages until all stories are listed, `size` on a page, or the time is up; then the open page names them. */
export async function writeSnapshot(
  deps: UpkeepDeps,
  epoch: string,
  { after, pages }: Omit<SnapshotPart, "isWhole">,
  { isOver, size }: { isOver: TimeIsUp; size: number },
): Promise<SnapshotPart> {
  for (;;) {
    const ids = await firstOf(listStoryIds(deps, after), size);
    if (ids.length === 0) break;
    const stories = (await pMap(ids, (id) => itemOf(deps, id), { concurrency: CONCURRENCY })).flat();
    const page = { epoch, stories };
    const last = encodeArticleId(ids.at(-1) as string);
    const put = await putClosedPage(deps, snapshotOutput(epoch, pages), page);
    if (put === CONFLICT) return { after, pages, isWhole: false };
    // Somebody else makes the same snapshot: it goes on behind what that page has.
    const there = put === "there" ? await readSnapshot(deps, epoch, pages) : page;
    after = there?.stories.at(-1)?.id ?? last;
    pages++;
    if (isOver()) return { after, pages, isWhole: false };
  }
  await nameSnapshot(deps, epoch, pages);
  return { pages, isWhole: true };
}

async function firstOf<T>(listed: AsyncIterable<T>, size: number): Promise<T[]> {
  for await (const page of pagesOf(listed, size)) return page;
  return [];
}

/** None for a story that nobody can read and no record can mend. */
async function itemOf(deps: UpkeepDeps, id: string): Promise<SnapshotItem[]> {
  let story = await readStory(deps, id);
  if (story !== undefined && story.state === undefined) {
    await deps.publisher.writeStories([id]);
    story = await readStory(deps, id);
  }
  if (story?.state === undefined) return [];
  const { state, guid = "", digest, after } = story;
  const names = { id: encodeArticleId(id), guid, href: `/${storyKey(id)}`, digest };
  return [{ ...names, ...state, ...(after !== undefined && { after }) }];
}
