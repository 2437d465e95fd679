import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { recordBytes } from "../../src/repository/record-form.ts";
import { putRecord, readRecord } from "../../src/repository/records.ts";
import { fileStore } from "../../src/store/file/store.ts";
import { incoming } from "../support/wire.ts";

/** Makes of the record what an earlier version of the wire stored, which knew no time. Answers when its news ends. */
async function forgetTime(data: string): Promise<string> {
  const newsroom = fileStore(join(data, "newsroom"));
  const stores = { newsroom, published: newsroom };
  const stored = await readRecord({ stores }, "story-1");
  const ends = stored?.pending?.settle;
  if (stored?.accepted === undefined || ends === undefined) throw new Error("the record does not end");
  const { article, feeds, accepted } = stored;
  await putRecord({ stores }, "story-1", recordBytes({ article, feeds, accepted }), stored);
  newsroom.close();
  return ends;
}

test("when upkeep of a local wire tells a record of an earlier version when its news ends, the event of that write brings it into the documents", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-life-"));
  const wires: Wire[] = [];
  const start = async () => {
    const wire = await startWire(readConfig({ FLASHWIRE_DATA: data, PORT: "0" }), () => {});
    wires.push(wire);
    await wire.idle();
    return wire;
  };
  try {
    const first = await start();
    await ingest(first.services, incoming(1, { breaking: { level: "urgent" } }));
    await first.idle();
    await first.close();
    wires.pop();
    const ends = await forgetTime(data);
    const second = await start();
    // The journal publishes the records that the last tick has written.
    await second.idle();
    const feed = await (await fetch(`${second.url}/feeds/all/feed.json`)).json();
    expect(feed).toMatchObject({ items: [{ _flashwire: { breaking: { until: ends } } }] });
  } finally {
    for (const wire of wires) await wire.close();
    rmSync(data, { recursive: true, force: true });
  }
});
