import * as v from "valibot";
import { type News, noNews } from "../core/news.ts";
import { CONFLICT, type Expected, unchanged, type Versions } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

/** The stories of the last days. */
const NEWS_KEY = "news/latest.json";

type Deps = { stores: Pick<Stores, "newsroom"> };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();

const Shape = v.object({
  epoch: v.exactOptional(text),
  seq: count,
  items: v.array(
    v.object({
      ...{ id: text, order: text, url: text, title: text, language: text, published: text },
      feeds: v.record(text, text),
    }),
  ),
  floor: v.exactOptional(text),
  killed: v.array(text),
});

/** The list with what a write over it has to expect; empty where there is none, or none that can be read: it is made again. */
export async function readNews({ stores }: Deps): Promise<{ news: News; found: Expected }> {
  const read = async (): Promise<{ news: News; found: Expected }> => {
    const stored = await getStored(stores.newsroom, NEWS_KEY);
    if (stored === undefined) return { news: noNews(), found: "missing" };
    return { news: parseStored<News>(NEWS_KEY, stored, (value) => v.is(Shape, value)), found: stored };
  };
  const answer = await orUnreadable(read());
  return answer instanceof UnreadableError ? { news: noNews(), found: answer.found } : answer;
}

/** Writes the list where it is still as it was found. */
export async function putNews(
  { stores }: Deps,
  news: News,
  found: Expected,
): Promise<true | typeof CONFLICT> {
  const condition = unchanged(found === "missing" ? undefined : found);
  const options = { condition, contentType: "application/json" };
  const etag = await stores.newsroom.put(NEWS_KEY, Buffer.from(JSON.stringify(news)), options);
  return etag === CONFLICT ? CONFLICT : true;
}

/** Removes every stored version of the list but the newest, for good. */
export async function forgetOldNews(versions: Versions): Promise<void> {
  await versions.forgetOld(NEWS_KEY);
}
