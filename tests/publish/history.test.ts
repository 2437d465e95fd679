import { expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey } from "../support/documents.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

test("when a newsroom sends only its last change, documents show the earlier ones too, and a rebuild shows the same", async () => {
  const { services, published } = memoryWire();
  const send = async (revision: number, fields: object) => {
    await ingest(services, incoming(1, { revision, ...fields }));
    await services.publisher.publish(["story-1"]);
    const document = JSON.parse(await textOf(published, documentKey("all", "json")));
    return document.items[0]._flashwire?.corrections;
  };
  const at = new Date(services.now()).toISOString();
  const [first, second] = [
    { kind: "correction", note: "2 km." },
    { kind: "update", note: "Open again." },
  ];
  expect(await send(1, {})).toBeUndefined();
  expect(await send(2, { change: first })).toEqual([{ ...first, at }]);
  expect(await send(3, { change: second })).toEqual([
    { ...first, at },
    { ...second, at },
  ]);
  expect(await send(4, {})).toHaveLength(2);
  const own = [{ ...first, at: "2026-05-01T00:00:00.000Z" }];
  expect(await send(5, { corrections: own })).toEqual(own);
  await expectTruth(services.site, services.stores);
});
