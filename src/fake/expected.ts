import { encodeArticleId } from "../core/article-id.ts";
import { lastSeq } from "../core/change-log.ts";
import { storyKey } from "../core/keys.ts";
import type { Withdrawal } from "../core/record.ts";
import { type StoryStatus, storyState } from "../core/story.ts";
import { openLog } from "../publish/change-log.ts";
import { listRecordIds, readRecord } from "../repository/records.ts";
import { readStory } from "../repository/stories.ts";
import type { Services } from "../services.ts";

/**
 * What the copy of a right consumer is, once it has followed the log up to here. The copy has the stories that are
 * `published`, with this digest, and no others.
 */
export type Expected = {
  /** A cursor of the log: everything up to it is in `stories`. */
  epoch: string;
  seq: number;
  /** Whether the epoch has its snapshot. As long as it has none, a consumer of another epoch waits. */
  hasSnapshot: boolean;
  stories: ExpectedStory[];
};

/** Named as the log names it; `after`: the last withdrawal that the story came back from. */
export type ExpectedStory = {
  id: string;
  guid: string;
  href: string;
  status: StoryStatus;
  version: string;
  order: string;
  digest: string;
  after?: Withdrawal;
};

/** Told by the records, not by the log. Nothing may be written meanwhile. */
export async function expectedCopy(services: Services): Promise<Expected> {
  const stories: ExpectedStory[] = [];
  for await (const id of listRecordIds(services)) stories.push(...(await storyOf(services, id)));
  const { open } = await openLog(services);
  return { epoch: open.epoch, seq: lastSeq(open), hasSnapshot: open.snapshot !== null, stories };
}

/** None for what never was public. */
async function storyOf(services: Services, id: string): Promise<ExpectedStory[]> {
  const [record, story] = await Promise.all([readRecord(services, id), readStory(services, id)]);
  if (record === undefined || story === undefined) return [];
  const state = storyState(services.site, record, true);
  if (state === undefined) return [];
  const { guid } = record.article;
  const { status, version, order } = state;
  const { withdrawal: after } = record;
  const names = { id: encodeArticleId(id), guid, href: `/${storyKey(id)}` };
  return [{ ...names, status, version, order, digest: story.digest, ...(after !== undefined && { after }) }];
}
