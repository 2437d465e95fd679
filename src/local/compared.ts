import { FlashwireError } from "../core/errors.ts";
import { FEEDS } from "../core/keys.ts";
import { feedOfDocument } from "../render/outputs.ts";
import type { Services } from "../services.ts";
import { decorate } from "../store/decorate.ts";
import type { Store } from "../store/port.ts";
import type { Late } from "./late.ts";

/** The public store after a stop that was not clean, in which windows and documents may be torn, empty or old. */
export type Compared = {
  /**
   * Compares a document of a feed with what its window and records render, and mends it, before it answers it first. Throws
   * `unavailable` where that cannot be done before the window is filled again.
   */
  published: Store;
  /** Compares all feeds, and answers whether each of them could be; gives up between two feeds when it is over. */
  all(isOver: () => boolean): Promise<boolean>;
};

type Deps = Pick<Services, "publisher" | "stores" | "log"> & {
  suspect: Late["suspect"];
  /** Feeds whose windows have to be filled again from records. */
  onShort(feeds: string[]): Promise<void>;
};

export function comparedStore({ publisher, stores, log, suspect, onShort }: Deps): Compared {
  const compared = new Map<string, Promise<void>>();

  async function compareNow(feed: string): Promise<void> {
    suspect(feed);
    const report = await publisher.writeFeeds(new Map([[feed, { ids: new Set<string>() }]]));
    if (report.changed.length > 0) log("unsynced.mended", { feed, documents: report.changed.length });
    const [failure] = report.failed;
    const short = failure === undefined ? report.underfilled : [feed];
    if (short.length > 0) await onShort(short);
    if (failure !== undefined) throw failure.error;
  }

  /** A feed that fails is compared again for the next reader. */
  function compare(feed: string): Promise<void> {
    const known = compared.get(feed);
    if (known !== undefined) return known;
    const now = compareNow(feed);
    compared.set(feed, now);
    now.catch(() => compared.delete(feed));
    return now;
  }

  /** A feed of which nothing is stored does not exist: comparing it would make it. */
  async function comparedFirst(key: string): Promise<void> {
    const feed = feedOfDocument(key);
    if (feed === undefined || (await stores.published.head(key)) === undefined) return;
    await compare(feed).catch((cause: unknown) => {
      const detail = `The documents of ${feed} are made again, because the wire was not stopped cleanly.`;
      throw new FlashwireError("unavailable", detail, [], { cause });
    });
  }

  return {
    published: decorate(stores.published, (store) => ({
      get: (key) => comparedFirst(key).then(() => store.get(key)),
      head: (key) => comparedFirst(key).then(() => store.head(key)),
    })),
    async all(isOver) {
      let failed = 0;
      let last: string | undefined;
      for await (const key of stores.published.list(FEEDS)) {
        const feed = feedOfDocument(key);
        if (feed === undefined || feed === last) continue;
        if (isOver()) return false;
        last = feed;
        await compare(feed).catch(() => failed++);
      }
      log("unsynced.compared", { failed });
      return failed === 0;
    },
  };
}
