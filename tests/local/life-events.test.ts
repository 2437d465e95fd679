import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { advance } from "../../src/life/advance.ts";
import { startWire } from "../../src/local/wire.ts";
import { listDue, settleStory } from "../../src/repository/schedule.ts";
import { incoming } from "../support/wire.ts";

test("when time changes a record on a local wire and nothing else publishes it, its event brings it into the feeds", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-life-"));
  const wire = await startWire(readConfig({ FLASHWIRE_DATA: data, PORT: "0" }), () => {});
  try {
    await wire.idle();
    const embargo = new Date(Date.now() + 3_600_000).toISOString();
    await ingest(wire.services, incoming(1, { embargo }));
    await wire.idle();
    const later = { ...wire.services, now: () => Date.parse(embargo) };
    const [due] = (await listDue(later, later.now(), 1)).stories;
    if (due === undefined) throw new Error("nothing is due");
    await settleStory(later, due);
    await advance(later, due);
    await wire.idle();
    const feed = await (await fetch(`${wire.url}/feeds/all/feed.json`)).json();
    expect(feed).toMatchObject({ items: [{ title: "Story 1" }] });
  } finally {
    await wire.close();
    rmSync(data, { recursive: true, force: true });
  }
});
