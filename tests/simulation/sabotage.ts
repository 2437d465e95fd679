import { FEEDS } from "../../src/core/keys.ts";
import type { Window } from "../../src/core/window.ts";
import { GUIDS } from "../../src/repository/guids.ts";
import { NOTES } from "../../src/repository/handover.ts";
import { WINDOWS } from "../../src/repository/windows.ts";
import type { Store } from "../../src/store/port.ts";
import { HOME_SABOTAGES } from "./sabotage-home.ts";
import { LOG_SABOTAGES } from "./sabotage-log.ts";
import { PARTNER_SABOTAGES } from "./sabotage-partners.ts";
import { TIME_SABOTAGES } from "./sabotage-time.ts";
import { type Sabotage, withStores } from "./spoil.ts";

/** Mistakes that are put in on purpose, by name: each has to be noticed. */
export const SABOTAGES: Record<string, Sabotage> = {
  ...TIME_SABOTAGES,
  ...LOG_SABOTAGES,
  ...PARTNER_SABOTAGES,
  ...HOME_SABOTAGES,

  "record read before the loop": {
    publish: (services) => {
      const first = new Map<string, ReturnType<Store["get"]>>();
      return withStores(services, {
        newsroom: (store) => ({
          get: (key) => {
            if (key.startsWith(WINDOWS)) return store.get(key);
            const known = first.get(key) ?? store.get(key);
            first.set(key, known);
            return known;
          },
        }),
      });
    },
  },

  "payload folded from the event": {
    publish: (services, events) =>
      withStores(services, {
        newsroom: (store) => ({
          get: async (key) => {
            const event = events.find(({ id }) => key === `articles/${id}.json`);
            const stored = await store.get(key);
            return event === undefined ? stored : stored && { ...stored, body: event.body };
          },
        }),
      }),
  },

  "guid claimed without a condition": {
    ingest: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          put: (key, body, options) => store.put(key, body, key.startsWith(GUIDS) ? {} : options),
        }),
      }),
  },

  "document put without a guard": {
    publish: (services) =>
      withStores(services, {
        published: (store) => ({ put: (key, body) => store.put(key, body) }),
      }),
  },

  "a correction that is forgotten with its entry": {
    publish: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          get: async (key) => {
            const stored = await store.get(key);
            if (stored === undefined || !key.startsWith(WINDOWS)) return stored;
            const window: Window = JSON.parse(Buffer.from(stored.body).toString());
            const entries = new Set(window.entries.items.map(({ id }) => id));
            const items = window.late.items.filter(({ id }) => entries.has(id));
            const late = { ...window.late, items };
            return { ...stored, body: Buffer.from(JSON.stringify({ ...window, late })) };
          },
        }),
      }),
  },

  "waiting publisher leaves before its articles are published": {
    publish: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          head: async (key) => (key.startsWith(NOTES) ? undefined : store.head(key)),
        }),
      }),
  },

  "note removed before its documents are written": {
    publish: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          list: async function* (prefix, after) {
            for await (const key of store.list(prefix, after)) {
              yield key;
              if (prefix === NOTES) await store.delete(key);
            }
          },
        }),
      }),
  },

  "document put skipped when the window did not change": {
    publish: (services) => {
      const changed = new Set<string>();
      return withStores(services, {
        newsroom: (store) => ({
          put: (key, body, options) => {
            changed.add(key.slice(WINDOWS.length, -".json".length));
            return store.put(key, body, options);
          },
        }),
        published: (store) => ({
          put: (key, body, options) => {
            const feed = key.slice(FEEDS.length, key.lastIndexOf("/"));
            if (changed.has(feed)) return store.put(key, body, options);
            return Promise.resolve(store.etagOf(body) ?? "");
          },
        }),
      });
    },
  },
};
