import pMap from "p-map";
import { overflowOf, shown } from "../core/contents.ts";
import { resolveFeed } from "../core/feed.ts";
import { isForReaders } from "../core/smoke.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { renderStub, stubsThatFit } from "../render/stubs.ts";
import { orUnreadable, UnreadableError } from "../repository/stored-json.ts";
import { listFeedNames, readWindow } from "../repository/windows.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { UpkeepDeps } from "./deps.ts";
import { MAX_STATUS_FEEDS } from "./limits.ts";

/**
 * What found no room in the documents of a feed, oldest out first: corrected stories that are not among its newest, and
 * stubs of killed ones. `isMore`: at least so many.
 */
export type FeedOverflow = { feed: string; late: number; stubs: number; isMore: boolean };

type Deps = Pick<UpkeepDeps, "site" | "stores">;

/** The feeds in which something found no room: of those of the site file, and of the first others, MAX_STATUS_FEEDS in all. */
export async function findOverflows(deps: Deps): Promise<FeedOverflow[]> {
  const names = new Set(deps.site.feeds.map(({ name }) => name).slice(0, MAX_STATUS_FEEDS));
  for await (const name of listFeedNames(deps)) {
    if (names.size >= MAX_STATUS_FEEDS) break;
    if (isForReaders(name)) names.add(name);
  }
  const found = await pMap(names, (name) => overflowIn(deps, name), { concurrency: CONCURRENCY });
  return found.flatMap((overflow) => overflow ?? []);
}

async function overflowIn(deps: Deps, name: string): Promise<FeedOverflow | undefined> {
  const { site } = deps;
  const feed = resolveFeed(site, name);
  const read = feed && (await orUnreadable(readWindow(deps, feed, documentKeysOf(name))));
  // A window that cannot be read is for the audit to find.
  if (feed === undefined || read === undefined || read instanceof UnreadableError) return undefined;
  const { entries, stubs } = shown(feed, read.window);
  const at = { feed, label: entries[0]?.label };
  const fitting = stubsThatFit(site, at, stubs, (words, reference) => renderStub(site, words, reference));
  const overflow = overflowOf(feed, read.window);
  const left = { late: overflow.late, stubs: overflow.stubs + stubs.length - fitting.length };
  return left.late + left.stubs === 0 ? undefined : { feed: name, ...left, isMore: overflow.isMore };
}
