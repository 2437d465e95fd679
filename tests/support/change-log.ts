import { expect } from "vitest";
import { decodeArticleId } from "../../src/core/article-id.ts";
import type { Change } from "../../src/core/change.ts";
import { foldLog, type Open, type SnapshotItem } from "../../src/core/change-log.ts";
import { storyState } from "../../src/core/story.ts";
import { listRecordIds, readRecord } from "../../src/repository/records.ts";
import type { Services } from "../../src/services.ts";

const read = async <T>({ stores }: Services, key: string): Promise<T | undefined> => {
  const stored = await stores.published.get(key);
  return stored && JSON.parse(Buffer.from(stored.body).toString());
};

/** What a consumer without a cursor finds. */
export async function toldBy(services: Services) {
  const open = (await read<Open>(services, "changes/open.json")) as Open;
  const stories: SnapshotItem[] = [];
  for (let n = 0; n < (open.snapshot?.pages ?? 0); n++) {
    const page = await read<{ stories: SnapshotItem[] }>(services, `snapshots/${open.epoch}/${n}.json`);
    stories.push(...(page?.stories ?? []));
  }
  const changes: Change[] = [];
  for (let n = 0; n * 256 + 1 < open.first; n++)
    changes.push(...((await read<Open>(services, `changes/${open.epoch}/${n}.json`))?.changes ?? []));
  return { open, stories, folded: foldLog(stories, [...changes, ...open.changes]) };
}

/** Invariant 10: folding the log from its snapshot gives the live records. */
export async function expectLogOfRecords(services: Services): Promise<number> {
  const { open, folded } = await toldBy(services);
  expect(open.snapshot).not.toBeNull();
  const expected = new Map();
  for await (const id of listRecordIds(services)) {
    const record = await readRecord(services, id);
    const state = record && storyState(services.site, record);
    if (record !== undefined && state !== undefined) expected.set(id, state);
  }
  expect(new Map([...folded].map(([form, state]) => [decodeArticleId(form), state]))).toEqual(expected);
  return expected.size;
}
