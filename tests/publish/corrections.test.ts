import { expect, test } from "vitest";
import type { Incoming } from "../../src/core/article.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { READERS } from "../render/read.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey, FORMAT_NAMES } from "../support/documents.ts";
import { testSite } from "../support/site.ts";
import { memoryWire } from "../support/wire.ts";

/* What readers see of corrections, from the door to the documents. */

const HOUR = 3_600_000;
const FIRST = "2026-06-01T11:00:00.000Z";

async function wire() {
  const { services, published, clock } = memoryWire(testSite());
  await services.publisher.startFeeds();
  const begin = clock.now;
  const send = async (id: string, hours: number, fields: Partial<Incoming> = {}) => {
    clock.now = begin + hours * HOUR;
    const url = `https://news.example.org/${id}`;
    const story = { id, url, headline: id, status: "published", published: FIRST };
    const updated = new Date(clock.now).toISOString();
    await ingest(services, { ...story, updated, ...fields } as Incoming);
    await services.publisher.publish([id]);
  };
  const stories = (feed: string) =>
    Promise.all(
      FORMAT_NAMES.map(async (format) => {
        const document = await published.get(documentKey(feed, format));
        return READERS[format](document?.body ?? new Uint8Array());
      }),
    );
  return { services, send, stories };
}

test("when an old story is corrected, it leads the feed of corrections, before newer stories and their corrections", async () => {
  const { services, send, stories } = await wire();
  const published = new Date(services.now() - 5_000 * HOUR).toISOString();
  const correction = { kind: "correction" as const, note: "The bridge is 3 km long." };
  await send("old", 0, { published, updated: published });
  await send("new", 1);
  await send("new", 2, { change: { kind: "clarification" } });
  await send("old", 3, { published, change: correction });
  await send("newest", 4, { published: "2026-06-01T16:00:00.000Z" });
  await send("new", 5, { change: { kind: "update", note: "It is open." } });
  for (const shown of await stories("all"))
    expect(shown.map(({ headline }) => headline)).toEqual(["newest", "new", "old"]);
  for (const shown of await stories("corrections")) {
    // An update is no correction: the story leaves the feed.
    expect(shown.map(({ headline, change }) => [headline, change])).toEqual([["old", correction]]);
  }
  await send("new", 6, { change: { kind: "clarification" } });
  for (const shown of await stories("corrections"))
    expect(shown.map(({ headline }) => headline)).toEqual(["new", "old"]);
  await expectTruth(services.site, services.stores);
});

test("when a story changes again and again, its content tells of every correction, the newest first", async () => {
  const { services, send, stories } = await wire();
  const body = "<p>The bridge.</p>";
  const steps: Partial<Incoming>[] = [
    {},
    { change: { kind: "correction", note: "It is 2 km long." } },
    { change: { kind: "update" } },
    { change: { kind: "clarification", note: "Both ways." } },
    {},
  ];
  for (const [hour, fields] of steps.entries()) await send("bridge", hour, { body, ...fields });
  for (const [story] of await stories("all")) {
    const [block = "", rest] = story?.body?.split("</div>") ?? [];
    expect(block.replace(/<p>/g, "\n").replace(/<[^>]*>/g, "|")).toBe(
      "|\n|Clarification| · |2026-06-01 15:00 UTC||Both ways.|\n|Correction| · |2026-06-01 13:00 UTC||It is 2 km long.|",
    );
    expect(rest).toBe(body);
  }
  await expectTruth(services.site, services.stores);
});
