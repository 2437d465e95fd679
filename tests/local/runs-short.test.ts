import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { NEWSROOM } from "../support/site.ts";
import { siteFileWith } from "../support/site-file.ts";
import { incoming } from "../support/wire.ts";

const siteFile = siteFileWith({ ...NEWSROOM, size: 2 });
const data = mkdtempSync(join(tmpdir(), "flashwire-short-"));
let wire: Wire;
beforeAll(async () => {
  wire = await startWire({ port: 0, host: "127.0.0.1", data, siteFile }, () => {});
  // The audit of the start is over: it would fill the feed, too.
  await wire.idle();
});
afterAll(async () => {
  await wire.close();
  rmSync(data, { recursive: true });
});

test("when a local wire publishes a feed short, it fills the feed at once, not at the next start", async () => {
  for (let n = 0; n < 10; n++) await ingest(wire.services, incoming(n));
  await wire.idle();
  // More of the newest leave than the window has spare.
  for (const n of [9, 8, 7]) await withdraw(wire.services, `story-${n}`);
  await wire.idle();
  const shown = JSON.parse(readFileSync(join(data, "site/feeds/all/feed.json"), "utf8")).items;
  const stubs = ["Withdrawn", "Withdrawn", "Withdrawn"];
  expect(shown.map(({ title }: { title: string }) => title)).toEqual([...stubs, "Story 6", "Story 5"]);
  await expectTruth(wire.services.site, wire.services.stores);
});
