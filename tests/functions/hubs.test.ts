import { expect, test } from "vitest";
import { type HubsWire, tellHubs } from "../../src/aws/hubs-handler.ts";
import type { FetchOptions } from "../../src/fetch/fetch.ts";
import { testSite } from "../support/site.ts";
import { s3Body, sqsEvent } from "../support/wire.ts";

const [ONE, TWO] = ["https://one.example.org/", "https://two.example.org/"] as const;
const NO_TIME = () => false;
const urlOf = (key: string) => `https://wire.example.org/${key}`;

/** When S3 wrote the documents of these tests. */
const WRITTEN = Date.parse("2026-06-01T11:59:59Z");

/** The function `hubs` with two hubs; `down` answers 503, with `Retry-After` where it has one. */
function hubsWire(down: Record<string, string | undefined> = {}, later = 3_600_000) {
  const told: { hub: string; topic: string | null }[] = [];
  const sent: { body: unknown; delay: number }[] = [];
  const logs: string[] = [];
  const wire: HubsWire = {
    site: testSite({ hubs: [ONE, TWO] }, "https://wire.example.org"),
    now: () => WRITTEN + later,
    log: (event) => logs.push(event),
    async fetch(address, options: FetchOptions = {}) {
      const hub = String(address);
      told.push({ hub, topic: new URLSearchParams(String(options.body)).get("hub.url") });
      const isDown = hub in down;
      const pause = down[hub];
      return {
        url: hub,
        status: isDown ? 503 : 202,
        headers: new Headers(pause === undefined ? {} : { "retry-after": pause }),
        body: (async function* () {})(),
        bytes: async () => new Uint8Array(),
        cancel: async () => {},
      };
    },
    send: async (body, delay) => void sent.push({ body, delay }),
  };
  const toldTo = (hub: string) => told.flatMap((one) => (one.hub === hub ? [one.topic] : []));
  return { wire, sent, logs, toldTo };
}

const RSS = "feeds/all/rss.xml";
const BREAKING = "feeds/breaking/atom.xml";

test("when a document was written and caches have had their time, every hub is told of it once", async () => {
  const { wire, sent, toldTo } = hubsWire();
  const event = sqsEvent(s3Body(RSS), s3Body(RSS), s3Body("feeds/tag/%E5%8C%97/feed.json"));
  expect(await tellHubs(wire, event, NO_TIME)).toEqual({ batchItemFailures: [] });
  const topics = [urlOf(RSS), urlOf("feeds/tag/%E5%8C%97/feed.json")];
  expect([toldTo(ONE), toldTo(TWO)]).toEqual([topics, topics]);
  expect(sent).toEqual([]);
});

test("when caches may still have a document as it was, it goes back for the rest of the time", async () => {
  const { wire, sent, toldTo } = hubsWire({}, 20_000);
  const event = sqsEvent(s3Body(RSS), s3Body(BREAKING));
  expect(await tellHubs(wire, event, NO_TIME)).toEqual({ batchItemFailures: [] });
  expect(toldTo(ONE)).toEqual([urlOf(BREAKING)]);
  expect(sent).toEqual([{ body: { keys: [RSS] }, delay: 40 }]);
  const back = hubsWire({}, 60_000);
  await tellHubs(back.wire, sqsEvent(JSON.stringify(sent[0]?.body)), NO_TIME);
  expect(back.toldTo(TWO)).toEqual([urlOf(RSS)]);
});

test("when one hub is down, the other is told once, and only the first one hears of it again", async () => {
  const { wire, sent, toldTo, logs } = hubsWire({ [ONE]: "120" });
  expect(await tellHubs(wire, sqsEvent(s3Body(RSS), s3Body(BREAKING)), NO_TIME)).toEqual({
    batchItemFailures: [],
  });
  expect(toldTo(TWO)).toHaveLength(2);
  expect(sent).toEqual([{ body: { hub: ONE, keys: [RSS, BREAKING] }, delay: 120 }]);
  expect(logs).toEqual(["hub.failed"]);

  const again = hubsWire();
  await tellHubs(again.wire, sqsEvent(JSON.stringify(sent[0]?.body)), NO_TIME);
  expect([again.toldTo(ONE).length, again.toldTo(TWO).length]).toEqual([2, 0]);
});

test("when a hub is down for its own message, that message comes again, until it is a dead letter", async () => {
  const { wire, sent } = hubsWire({ [ONE]: undefined });
  const own = JSON.stringify({ hub: ONE, keys: [RSS] });
  const event = sqsEvent(own, JSON.stringify({ hub: TWO, keys: [RSS] }));
  expect(await tellHubs(wire, event, NO_TIME)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(sent).toEqual([]);
});

test("when very many documents are left, they go back in messages that fit", async () => {
  const { wire, sent } = hubsWire({ [ONE]: undefined });
  const keys = Array.from({ length: 120 }, (_, i) => `feeds/tag/t-${i}/rss.xml`);
  await tellHubs(wire, sqsEvent(...keys.map((key) => s3Body(key))), NO_TIME);
  expect(sent.map(({ body }) => (body as { keys: string[] }).keys.length)).toEqual([50, 50, 20]);
  expect(sent.map(({ delay }) => delay)).toEqual([30, 30, 30]);
});

test("when what is left cannot be sent, the messages of S3 come again", async () => {
  const { wire } = hubsWire({ [ONE]: undefined });
  const failing = { ...wire, send: () => Promise.reject(new Error("throttled")) };
  const event = sqsEvent(s3Body(RSS), JSON.stringify({ hub: TWO, keys: [RSS] }));
  expect(await tellHubs(failing, event, NO_TIME)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
});

test("when the time of the function ends, what was not told goes back", async () => {
  const { wire, sent, toldTo } = hubsWire();
  expect(await tellHubs(wire, sqsEvent(s3Body(RSS)), () => true)).toEqual({ batchItemFailures: [] });
  expect(toldTo(ONE)).toEqual([]);
  expect(sent.map(({ body }) => body)).toEqual([ONE, TWO].map((hub) => ({ hub, keys: [RSS] })));
});

test("when a message is of no feed, of a hub that the site file no longer names, or a test, nobody is told", async () => {
  const { wire, sent, toldTo } = hubsWire();
  const event = sqsEvent(
    s3Body("feeds/_smoke/rss.xml"),
    s3Body("feeds/gone/rss.xml"),
    JSON.stringify({ hub: "https://gone.example.org/", keys: [RSS] }),
    '{"Service":"Amazon S3","Event":"s3:TestEvent"}',
    "no event",
  );
  expect(await tellHubs(wire, event, NO_TIME)).toEqual({ batchItemFailures: [{ itemIdentifier: "m4" }] });
  expect([toldTo(ONE), toldTo(TWO), sent]).toEqual([[], [], []]);
});
