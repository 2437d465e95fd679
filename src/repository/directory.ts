import pMap from "p-map";
import * as v from "valibot";
import type { Listing } from "../core/directory.ts";
import { directoryKey } from "../core/keys.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { Stores } from "../store/stores.ts";
import type { SeenDocument } from "./documents.ts";
import { MAX_DIRECTORY_PAGES } from "./limits.ts";
import { orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

type Deps = { stores: Pick<Stores, "published"> };

/** A page as it is stored, and the feeds on it; none where it cannot be read. */
export type StoredPage = { key: string; seen: SeenDocument; feeds: Listing[] };

const Shape = v.object({
  feeds: v.array(v.object({ name: v.string(), value: v.exactOptional(v.string()) })),
});

/** Whether the directory was ever written. */
export async function hasDirectory({ stores }: Deps): Promise<boolean> {
  return (await stores.published.head(directoryKey(1))) !== undefined;
}

/** The pages of the directory, in their order, up to the first that is not there: one read more than there are pages, or few more. */
export async function readDirectory(deps: Deps): Promise<StoredPage[]> {
  const pages: StoredPage[] = [];
  while (pages.length < MAX_DIRECTORY_PAGES) {
    // Most wires have one page; where there are many, more are read at once.
    const count = Math.min(Math.max(1, pages.length), CONCURRENCY);
    const numbers = Array.from({ length: count }, (_, i) => pages.length + 1 + i);
    const found = await pMap(numbers, (page) => readPage(deps, page), { concurrency: CONCURRENCY });
    const end = found.indexOf(undefined);
    pages.push(...found.slice(0, end === -1 ? count : end).flatMap((page) => page ?? []));
    if (end !== -1) break;
  }
  return pages;
}

/** The feeds on the first page of the directory; none where it is not there yet. */
export async function readDirectoryPage(deps: Deps): Promise<Listing[]> {
  return (await readPage(deps, 1))?.feeds ?? [];
}

async function readPage({ stores }: Deps, page: number): Promise<StoredPage | undefined> {
  const key = directoryKey(page);
  const stored = await stores.published.get(key);
  if (stored === undefined) return undefined;
  const { body: _, ...seen } = stored;
  const read = async () =>
    parseStored<v.InferOutput<typeof Shape>>(key, stored, (value) => v.is(Shape, value));
  const value = await orUnreadable(read());
  return { key, seen, feeds: value instanceof UnreadableError ? [] : value.feeds };
}
