import { HOME_KEY, SITEMAP_KEY } from "../../src/core/keys.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { storyState } from "../../src/core/story.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import type { Store } from "../../src/store/port.ts";

/**
 * Each story that the page at the root or the sitemap for news shows is public, and shown as its record is: a killed one is in
 * neither. Answers how many they show. To be called at rest, behind the last tick.
 */
export async function checkHome(
  site: Site,
  newsroom: Store,
  published: Store,
): Promise<{ homeStories: number }> {
  const headlines = new Map<string, string>();
  for await (const key of newsroom.list("articles/")) {
    const id = articleIdOf(key);
    const record: StoredRecord = JSON.parse(await textOf(newsroom, key));
    const isPublic = storyState(site, record)?.status === "published";
    if (id !== undefined && isPublic && record.article.status === "published")
      headlines.set(id, record.article.headline);
  }
  let homeStories = 0;
  for (const key of [HOME_KEY, SITEMAP_KEY]) {
    const text = await textOf(published, key);
    if (text === "") throw new Error(`there is no ${key}`);
    for (const [shown, id] of text.matchAll(HEADLINE)) {
      homeStories++;
      if (headlines.get(id as string) !== shown)
        throw new Error(`${key} shows ${shown}, and the record says ${headlines.get(id as string)}`);
    }
  }
  return { homeStories };
}

const HEADLINE = /Story (\w+), version \d+(?:, content \d+)?/g;

async function textOf(store: Store, key: string): Promise<string> {
  return Buffer.from((await store.get(key))?.body ?? "").toString();
}
