import type { Article } from "../../src/core/article.ts";
import { HOME_KEY, SITEMAP_KEY } from "../../src/core/keys.ts";
import { everywhere } from "./sabotage-log.ts";
import { type Event, type Sabotage, type Worker, withStores } from "./spoil.ts";

/** The wrong orders that the documents at the root must not have. */
export const HOME_SABOTAGES: Record<string, Sabotage> = {
  "home page that is written once": everywhere((services) => writtenOnce(services, HOME_KEY)),

  "sitemap for news that is written once": everywhere((services) => writtenOnce(services, SITEMAP_KEY)),

  "home page that a kill leaves to the tick": leftToTick(HOME_KEY, isKill),

  "sitemap for news that a kill leaves to the tick": leftToTick(SITEMAP_KEY, isKill),

  "home page that breaking news leaves to the tick": leftToTick(HOME_KEY, isBreaking),
};

function writtenOnce(services: Worker, which: string): Worker {
  return withStores(services, {
    published: (store) => ({
      put: async (key, body, options) =>
        key === which && (await store.head(key)) !== undefined
          ? (store.etagOf(body) ?? "")
          : store.put(key, body, options),
    }),
  });
}

/** Publishers of such events do not write this document, and the tick does. */
function leftToTick(which: string, isSuch: (event: Event) => boolean): Sabotage {
  return {
    publish: (services, events) =>
      withStores(services, {
        published: (store) => ({
          put: async (key, body, options) =>
            key === which && events.some(isSuch) ? (store.etagOf(body) ?? "") : store.put(key, body, options),
        }),
      }),
    upkeep: (services) => services,
  };
}

const articleOf = ({ body }: Event): Article => JSON.parse(Buffer.from(body).toString()).article;

function isKill(event: Event): boolean {
  return articleOf(event).status === "withdrawn";
}

function isBreaking(event: Event): boolean {
  const article = articleOf(event);
  return article.status === "published" && article.breaking !== undefined;
}
