import { all, atomName, named, readJson, readXml, textOf } from "../render/read.ts";

/* What feed readers go by: which stories a document holds, under which guids, of which dates and versions. */

/** By feed and format: `guid published updated revision` of each story, in the order of the document. */
export type Documents = Record<string, Record<string, string[]>>;

type Objects = {
  list(prefix: string): AsyncIterable<string>;
  get(key: string): Promise<{ body: Uint8Array } | undefined>;
};

const PRISM = "http://prismstandard.org/namespaces/basic/3.0/";

const READERS: Record<string, (body: Uint8Array) => string[]> = {
  "rss.xml": (body) =>
    all(readXml(body), "channel")
      .flatMap((channel) => all(channel, "item"))
      .map((item) =>
        line(
          textOf(item, "guid"),
          textOf(item, "pubDate"),
          textOf(item, atomName("updated")),
          textOf(item, named(PRISM, "versionIdentifier")),
        ),
      ),
  "atom.xml": (body) =>
    all(readXml(body), atomName("entry")).map((entry) =>
      line(
        textOf(entry, atomName("id")),
        textOf(entry, atomName("published")),
        textOf(entry, atomName("updated")),
        textOf(entry, named(PRISM, "versionIdentifier")),
      ),
    ),
  "feed.json": (body) =>
    readJson(body).items.map(
      (item: {
        id: string;
        date_published: string;
        date_modified?: string;
        _flashwire?: { revision?: number };
      }) => line(item.id, item.date_published, item.date_modified, item._flashwire?.revision),
    ),
};

/** Every document of a site bucket. `without`: guids that do not count, such as those of killed stories. */
export async function deliveredIn(site: Objects, without: string[] = []): Promise<Documents> {
  const documents: Documents = {};
  for await (const key of site.list("feeds/")) {
    const [, feed = "", file = ""] = /^feeds\/(.*)\/([^/]*)$/.exec(key) ?? [];
    const stored = await site.get(key);
    if (!(file in READERS) || stored === undefined) continue;
    const lines = READERS[file]?.(stored.body) ?? [];
    const gone = new Set(without);
    documents[feed] ??= {};
    documents[feed][file] = lines.filter((story) => !gone.has(guidOf(story)));
  }
  return documents;
}

const line = (...fields: unknown[]) => fields.map((field) => field ?? "-").join(" | ");

export const guidOf = (story: string) => story.split(" | ")[0] as string;

/**
 * Stories that readers get who had the documents of before: those that are in none of the same feed and format, and
 * do not come up from below because others have left.
 */
export function broughtAnew(before: Documents, after: Documents): string[] {
  const found = new Set<string>();
  for (const [feed, formats] of Object.entries(before)) {
    for (const [file, stories] of Object.entries(formats)) {
      const had = new Set(stories.map(guidOf));
      const has = (after[feed]?.[file] ?? []).map(guidOf);
      const last = has.findLastIndex((guid) => had.has(guid));
      for (const guid of has.slice(0, last + 1)) if (!had.has(guid)) found.add(guid);
    }
  }
  return [...found].sort();
}
