import type { StoredRecord } from "../../src/core/record.ts";
import { type Incoming, ingest, type Outcome, type Preconditions } from "../../src/ingest/ingest.ts";
import { readRecord } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import type { Store } from "../../src/store/port.ts";
import { never } from "../../src/upkeep/deps.ts";
import type { TickReport } from "../../src/upkeep/state.ts";
import { createUpkeep } from "../../src/upkeep/tick.ts";
import { SITE } from "../simulation/site.ts";
import { documentKey } from "../support/documents.ts";
import { tickOnce } from "../support/upkeep.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

const BREAKING = {
  name: "breaking",
  title: "Breaking news",
  where: { breaking: true as const },
  order: "breaking" as const,
};

/** A wire in memory with a clock that the test moves, as its newsroom, its readers and its upkeep see it. */
export function life() {
  const wire = memoryWire({ ...SITE, feeds: [...SITE.feeds, BREAKING] });
  const { services } = wire;
  const story = (fields: Partial<Incoming>, n = 1) => incoming(n, fields);

  /** Sends a version and publishes it. */
  const send = async (fields: Partial<Incoming>, n = 1, conditions: Preconditions = {}): Promise<Outcome> => {
    const outcome = await ingest(services, story(fields, n), conditions);
    await services.publisher.publish([outcome.id]);
    return outcome;
  };

  /** The ticks of one process. Its audit has just ended, so that the schedule alone tells what is due. */
  const ticks = (newsroom: Store = wire.newsroom): (() => Promise<TickReport>) => {
    const parts = createServices({ ...services, stores: { ...services.stores, newsroom } });
    const upkeep = createUpkeep(parts, { settlesMs: 0, auditsAtStart: false });
    return async () => {
      const state = { nextRound: new Date(wire.clock.now + 1).toISOString() };
      await wire.newsroom.put("upkeep/state.json", Buffer.from(JSON.stringify(state)));
      return upkeep.tick(never);
    };
  };

  const items = async (feed = "all") => {
    const stored = await wire.published.get(documentKey(feed, "json"));
    return stored === undefined ? [] : JSON.parse(Buffer.from(stored.body).toString()).items;
  };
  const titles = async (feed?: string): Promise<string[]> =>
    (await items(feed)).map(({ title }: { title: string }) => title);
  const record = (n = 1): Promise<StoredRecord | undefined> => readRecord(services, `story-${n}`);
  const text = (feed: string, format: "rss" | "atom" | "json") =>
    textOf(wire.published, documentKey(feed, format));
  return {
    ...wire,
    story,
    send,
    ticks,
    tick: () => ticks()(),
    audit: () => tickOnce(services),
    items,
    titles,
    record,
    text,
  };
}
