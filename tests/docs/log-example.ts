import example from "../../examples/article.json" with { type: "json" };
import { ingest } from "../../src/ingest/ingest.ts";
import { readArticle } from "../../src/validate/article.ts";
import { testSite } from "../support/site.ts";
import { startedAndAtRest } from "../support/upkeep.ts";
import { memoryWire } from "../support/wire.ts";

/** What a wire tells of examples/article.json: the open page of its log, its snapshot and the story. */
export async function exampleLog() {
  const wire = memoryWire(testSite());
  wire.clock.now = Date.parse("2026-11-02T08:45:02.120Z");
  await startedAndAtRest(wire.services);
  await ingest(wire.services, readArticle(example, { now: wire.clock.now }).article);
  await wire.services.publisher.publish([example.id]);
  const read = async (key: string) =>
    JSON.parse(Buffer.from((await wire.published.get(key))?.body ?? []).toString());
  return { open: await read("changes/open.json"), story: await read(`stories/${example.id}.json`) };
}
