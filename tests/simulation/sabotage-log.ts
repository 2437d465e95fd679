import { decodeArticleId } from "../../src/core/article-id.ts";
import { stateAfter } from "../../src/core/change.ts";
import type { Open, Snapshot } from "../../src/core/change-log.ts";
import { OPEN_KEY, STORIES } from "../../src/core/keys.ts";
import { orderOf } from "../../src/core/order.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { versionOf } from "../../src/core/version.ts";
import { putMark } from "../../src/repository/logged.ts";
import { recordBytes } from "../../src/repository/record-form.ts";
import { ARTICLES, readRecord } from "../../src/repository/records.ts";
import type { PutOptions, Store } from "../../src/store/port.ts";
import { withRecords } from "./sabotage-time.ts";
import { type Sabotage, type Worker, withStores } from "./spoil.ts";

/** The wrong orders that the change log must not have. */
export const LOG_SABOTAGES: Record<string, Sabotage> = {
  "log before story": everywhere((services) => putAfterOpen(services, (key) => key.startsWith(STORIES))),

  "open page shrunk before its page is put": everywhere((services) => putAfterOpen(services, isPage)),

  "page without the epoch in its key": everywhere((services) =>
    withStores(services, {
      published: (store) => ({
        head: (key) => store.head(withoutEpoch(key)),
        put: (key, body, options) => store.put(withoutEpoch(key), body, options),
      }),
    }),
  ),

  "mark before log": everywhere((services) =>
    withStores(services, {
      published: (store) => ({
        put: async (key, body, options) => {
          if (key !== OPEN_KEY) return store.put(key, body, options);
          const open: Open = parsed(body);
          for (const change of open.changes) {
            const mark = { ...stateAfter(change), epoch: open.epoch, seq: change.seq };
            await putMark(services, decodeArticleId(change.id) as string, mark, "missing");
          }
          return store.put(key, body, options);
        },
      }),
    }),
  ),

  "snapshot made of records": everywhere((services) =>
    withStores(services, {
      published: (store) => ({
        put: async (key, body, options) => {
          if (!key.startsWith("snapshots/")) return store.put(key, body, options);
          const page: Snapshot = parsed(body);
          for (const item of page.stories) {
            const record = await readRecord(services, decodeArticleId(item.id) as string);
            if (record) Object.assign(item, { version: versionOf(record), order: orderOf(record) });
          }
          return store.put(key, Buffer.from(JSON.stringify(page)), options);
        },
      }),
    }),
  ),

  "a kill that is forgotten behind a revival": everywhere((services) =>
    withRecords(services, ({ withdrawal: _, ...record }) => record),
  ),

  "story put without a guard": everywhere((services) =>
    unguarded(services, (key) => key.startsWith(STORIES)),
  ),

  "open page put without a guard": everywhere((services) => unguarded(services, (key) => key === OPEN_KEY)),

  "site file that begins no epoch": everywhere((services) =>
    withStores(services, {
      newsroom: (store) => ({
        put: async (key, body, options) =>
          key.includes("/log/") && !key.includes("snapshot") ? "" : store.put(key, body, options),
      }),
    }),
  ),

  "purge without a phase": {
    ingest: (services) =>
      withStores(services, {
        newsroom: (store) => ({
          put: (key, body, options) => {
            if (!key.startsWith(ARTICLES)) return store.put(key, body, options);
            const { phase = 1, ...record }: StoredRecord = parsed(body);
            return store.put(
              key,
              record.purged ? recordBytes({ ...record, phase: phase - 1 }) : body,
              options,
            );
          },
        }),
      }),
  },
};

const isPage = (key: string) => key.startsWith("changes/") && key !== OPEN_KEY;
const withoutEpoch = (key: string) =>
  isPage(key) ? `changes/all/${key.slice(key.lastIndexOf("/") + 1)}` : key;
const parsed = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString());

/** What publishers and the tick do, spoiled in the same way. */
export function everywhere(spoil: (services: Worker) => Worker): Sabotage {
  return { publish: spoil, upkeep: spoil };
}

function unguarded(services: Worker, which: (key: string) => boolean): Worker {
  return withStores(services, {
    published: (store) => ({
      put: (key, body, { condition, ...rest }: PutOptions = {}) =>
        store.put(key, body, which(key) || condition === undefined ? rest : { ...rest, condition }),
    }),
  });
}

/** These puts wait until the open page is put. */
function putAfterOpen(services: Worker, which: (key: string) => boolean): Worker {
  const waiting: Parameters<Store["put"]>[] = [];
  return withStores(services, {
    published: (store) => ({
      put: async (key, body, options) => {
        if (which(key)) {
          waiting.push([key, Buffer.from(body), options]);
          return store.etagOf(body) ?? "";
        }
        const answer = await store.put(key, body, options);
        if (key === OPEN_KEY) for (const late of waiting.splice(0)) await store.put(...late);
        return answer;
      },
    }),
  });
}
