import type { Pending, StoredRecord } from "../../src/core/record.ts";
import { isAhead } from "../../src/life/clock.ts";
import { recordBytes } from "../../src/repository/record-form.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import type { Store } from "../../src/store/port.ts";
import { type Sabotage, type Worker, withStores } from "./spoil.ts";

/** The wrong ways with time that the mechanism must not have. */
export const TIME_SABOTAGES: Record<string, Sabotage> = {
  "a clock in the fold": {
    publish: (services) =>
      withRecords(services, (record) => {
        const { pending = {}, ...rest } = record;
        const now = services.now();
        const left = Object.entries(pending).filter(([, at]) => isAhead(at, now));
        const isSettled = pending.settle !== undefined && !isAhead(pending.settle, now);
        return {
          ...rest,
          ...(left.length > 0 && { pending: Object.fromEntries(left) as Pending }),
          ...(isSettled && { settled: true as const }),
        };
      }),
  },

  "a phase that is no part of the version": {
    publish: (services) => withRecords(services, ({ phase: _, ...record }) => record),
  },

  "a reminder deleted before the record is written": {
    upkeep: (services) => ({
      ...withStores(services, {
        newsroom: (store) => ({
          get: async (key) => {
            const id = articleIdOf(key);
            if (id === undefined) return store.get(key);
            await deleteReminders(store, id, services.now());
            // A process that works for long is the one that crashes in the middle.
            for (let calls = 0; calls < 12; calls++) await store.head(key);
            return store.get(key);
          },
        }),
      }),
      publisher: services.publisher,
    }),
  },

  "`until` compared as text": {
    upkeep: (services) =>
      withRecords(services, (record) => {
        const now = services.now();
        const text = new Date(now).toISOString();
        // As text, a time with microseconds comes before the one without.
        const pending = Object.entries(record.pending ?? {}).map(([kind, at]) => [
          kind,
          at <= text ? text : at,
        ]);
        return pending.length === 0 ? record : { ...record, pending: Object.fromEntries(pending) };
      }),
  },

  "the schedule in the time of another zone": inAnotherZone(),
};

const SCHEDULE = "schedule/";
const ZONE_MS = 2 * 3_600_000;

export function withRecords(services: Worker, change: (record: StoredRecord) => StoredRecord): Worker {
  return withStores(services, {
    newsroom: (store) => ({
      get: async (key) => {
        const stored = await store.get(key);
        if (stored === undefined || articleIdOf(key) === undefined) return stored;
        return { ...stored, body: recordBytes(change(JSON.parse(Buffer.from(stored.body).toString()))) };
      },
    }),
  });
}

async function deleteReminders(store: Store, id: string, now: number): Promise<void> {
  for await (const key of store.list(SCHEDULE)) {
    const [, at = "", kind, name] = key.split(/[/_]/);
    if (kind === "story" && name === `${id}.json` && !isAhead(at, now)) await store.delete(key);
  }
}

/** Two hours east of Greenwich: the same instants, but their text is later. */
function inAnotherZone(): Sabotage {
  const spoil = (services: Worker) =>
    withStores(services, {
      newsroom: (store) => ({
        put: (key, body, options) => {
          const [, at = "", kind, name] = key.split(/[/_]/);
          if (!key.startsWith(SCHEDULE) || kind !== "story") return store.put(key, body, options);
          const local = new Date(Date.parse(at) + ZONE_MS).toISOString().replace("Z", "+02:00");
          return store.put(`${SCHEDULE}${local}_${kind}_${name}`, body, options);
        },
      }),
    });
  return { ingest: spoil, upkeep: spoil };
}
