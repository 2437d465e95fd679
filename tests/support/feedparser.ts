import FeedParser from "feedparser";

/** What the package `feedparser` reads in an RSS or Atom document. Rejects where it can read nothing. */
export async function feedparserItems(document: Uint8Array | string): Promise<FeedParser.Item[]> {
  const parser = new FeedParser({});
  const items: FeedParser.Item[] = [];
  await new Promise((resolve, reject) => {
    parser.on("error", reject);
    parser.on("end", resolve);
    parser.on("data", (item: FeedParser.Item) => items.push(item));
    parser.end(document);
  });
  return items;
}
