import { expect, test } from "vitest";
import { DAY_MS, LATE_DAYS, MAX_LATE, STUB_DAYS } from "../../src/core/limits.ts";
import type { Site } from "../../src/core/site.ts";
import { type Incoming, ingest } from "../../src/ingest/ingest.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { MAX_STUB_BYTES } from "../../src/render/limits.ts";
import { createServices } from "../../src/services.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { upkeepStatus } from "../../src/upkeep/status.ts";
import { all, atomName, textOf as childText, named, READERS, readXml } from "../render/read.ts";
import { SITE } from "../simulation/site.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { documentKey, FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

/*
 * What reaches readers who have a story that is corrected or killed, also when it left the newest entries long ago. The
 * feeds show two entries; stories 1 to 5 are of January, and the clock says June.
 */

const GUID = (n: number) => `tag:news.example.org,2026:article/story-${n}`;
const CLOCK = Date.parse("2026-06-01T12:00:00Z");

function told(site: Site = SITE) {
  const wire = memoryWire(site);
  const { services, published, newsroom } = wire;
  const started = services.publisher.startFeeds();
  const sendAll = async (records: Incoming[]) => {
    await started;
    for (const record of records) await ingest(services, record);
    return services.publisher.publish(records.map(({ id }) => id));
  };
  const send = (n: number, fields: Partial<Incoming> = {}) => sendAll([incoming(n, fields)]);
  const killOf = (n: number, words: object = {}) =>
    ({
      id: `story-${n}`,
      published: incoming(n).published,
      updated: incoming(n).updated,
      revision: 2,
      status: "withdrawn",
      ...words,
    }) as Incoming;
  const kill = (n: number, words?: object) => sendAll([killOf(n, words)]);
  const correct = (n: number, fields: Partial<Incoming> = {}) =>
    send(n, { revision: 2, change: { kind: "correction", note: "It was Tuesday." }, ...fields } as never);
  const text = (feed: string, format: FormatName) => textOf(published, documentKey(feed, format));
  const stories = async (feed: string, format: FormatName) =>
    READERS[format](Buffer.from(await text(feed, format)));
  const titles = async (feed: string, format: FormatName = "json") =>
    (await stories(feed, format)).map(({ headline }) => headline);
  /** A story that is published so many days after the clock of the beginning. */
  const newsAfter = (days: number, n = 90) => {
    wire.clock.now = CLOCK + days * DAY_MS;
    const now = new Date(wire.clock.now).toISOString();
    return send(n, { published: now, updated: now });
  };
  const truth = () => expectTruth(site, { newsroom, published });
  return { ...wire, send, sendAll, kill, killOf, correct, text, stories, titles, newsAfter, truth };
}

async function withFive(site?: Site) {
  const wire = told(site);
  for (const n of [1, 2, 3, 4, 5]) await wire.send(n, { body: `<p>Body of ${n}</p>` });
  return wire;
}

test("when a story is killed, a stub with its guid and without its content stands in its place in every format", async () => {
  const { kill, stories, text, truth } = await withFive();
  const before = (await stories("all", "json")).find(({ id }) => id === GUID(4));
  await kill(4, { reason: "The lawyers called." });
  for (const format of FORMAT_NAMES) {
    const [first, stub] = await stories("all", format);
    expect(first?.headline).toBe("Story 5");
    expect(stub).toMatchObject({
      id: GUID(4),
      headline: "Withdrawn",
      published: before?.published,
      media: [],
    });
    expect(stub?.updated).toBeGreaterThan(before?.updated as number);
    const whole = await text("all", format);
    expect(whole).toContain("This story has been withdrawn.");
    for (const word of ["Story 4", "Body of 4", "news.example.org/4", "lawyers"])
      expect(whole).not.toContain(word);
  }
  await truth();
});

test("when a story is killed, its tombstone is later than its stub, so that the two do not contradict each other", async () => {
  const { kill, stories, text } = await withFive();
  for (const n of [1, 4]) await kill(n);
  const atom = readXml(await text("all", "atom"));
  const deleted = all(atom, named("http://purl.org/atompub/tombstones/1.0", "deleted-entry"));
  const { _flashwire, items } = JSON.parse(await text("all", "json"));
  expect(deleted.map(({ attributes }) => attributes.ref)).toEqual([GUID(1), GUID(4)]);
  for (const { ref, when } of deleted.map(({ attributes }) => attributes)) {
    const stub = (await stories("all", "atom")).find(({ id }) => id === ref);
    expect(Date.parse(when as string)).toBeGreaterThan(stub?.updated as number);
    const item = items.find(({ id }: { id: string }) => id === ref);
    expect(_flashwire.deleted).toContainEqual({ id: ref, when });
    expect(Date.parse(item.date_modified)).toBe(stub?.updated);
    expect(item._flashwire).toEqual({ withdrawn: true });
  }
});

test("when the newsroom tells the public why, the stub says that and never the reason", async () => {
  const { kill, text } = await withFive();
  await kill(4, { reason: "The lawyers called.", notice: "It named the wrong <person> & place." });
  const { items } = JSON.parse(await text("all", "json"));
  expect(items[1].content_text).toBe("It named the wrong <person> & place.");
  const rss = all(readXml(await text("all", "rss")).children[0] as never, "item")[1] as never;
  expect(childText(rss, "description")).toBe("It named the wrong &lt;person&gt; &amp; place.");
  const atom = all(readXml(await text("all", "atom")), atomName("entry"))[1] as never;
  expect(childText(atom, atomName("content"))).toBe("<p>It named the wrong &lt;person&gt; &amp; place.</p>");
  for (const format of FORMAT_NAMES) expect(await text("all", format)).not.toContain("lawyers");
});

test("when a killed story left the newest entries long ago, its stub is in every feed that ever had it", async () => {
  const { send, kill, titles, truth } = await withFive();
  await send(1, { revision: 1, section: "Sport" } as never);
  await kill(1);
  for (const format of FORMAT_NAMES) {
    expect(await titles("all", format)).toEqual(["Story 5", "Story 4", "Withdrawn"]);
    expect(await titles("section/world", format)).toEqual(["Story 5", "Story 4", "Withdrawn"]);
    expect(await titles("section/sport", format)).toEqual(["Withdrawn"]);
  }
  await truth();
});

test("when a story is killed before it was public, no feed has a stub", async () => {
  const { send, kill, text, titles, clock } = await withFive();
  await send(6, { embargo: new Date(clock.now + DAY_MS).toISOString() });
  await kill(6);
  expect(await titles("all")).toEqual(["Story 5", "Story 4"]);
  expect(await text("all", "atom")).not.toContain(GUID(6));
});

test("when a killed story comes back, it replaces its stub with a later date", async () => {
  const { send, kill, stories, titles, text, truth } = await withFive();
  await kill(5);
  const stub = (await stories("all", "json")).find(({ id }) => id === GUID(5));
  const deleted = JSON.parse(await text("all", "json"))._flashwire.deleted[0].when;
  await send(5, { revision: 3, headline: "Story 5, again" } as never);
  for (const format of FORMAT_NAMES) {
    expect(await titles("all", format)).toEqual(["Story 5, again", "Story 4"]);
    const [story] = await stories("all", format);
    expect(story?.updated).toBeGreaterThan(stub?.updated as number);
    expect(story?.updated).toBeGreaterThanOrEqual(Date.parse(deleted));
    expect(story?.published).toBe(stub?.published);
  }
  await truth();
});

test("when the site file removes killed stories from a feed, that feed has no stub and the others have one", async () => {
  const [first, ...others] = SITE.feeds;
  const { kill, titles, text, truth } = await withFive({
    ...SITE,
    feeds: [{ ...(first as (typeof SITE.feeds)[0]), withdrawn: "remove" }, ...others],
  });
  await kill(4);
  expect(await titles("all")).toEqual(["Story 5", "Story 3"]);
  expect(await text("all", "atom")).toContain("deleted-entry");
  expect(await titles("section/world")).toEqual(["Story 5", "Withdrawn", "Story 3"]);
  await truth();
});

test("when a story is killed, its stub speaks the language of its feed, and words of the site file go before those of the wire", async () => {
  const families = [{ family: "language", by: "language" as const, title: "{value}" }];
  const words = { en: { title: "Taken down", text: "We have taken this story down." } };
  const site = { ...SITE, families, withdrawals: { days: 30, words } };
  const { send, kill, stories, text, truth } = told(site);
  const languages = ["en-GB", "ar", "zh-Hant-TW", "zh-CN", "fr", "de"];
  for (const [i, language] of languages.entries()) {
    await send(i, { language });
    await kill(i);
  }
  const titleIn = async (language: string) => (await stories(`language/${language}`, "rss"))[0]?.headline;
  expect(await titleIn("en-gb")).toBe("Taken down");
  expect(await titleIn("ar")).toBe("خبر مسحوب");
  expect(await text("language/zh-hant-tw", "json")).toContain("報導");
  expect(await text("language/zh-cn", "json")).toContain("报道");
  expect(await titleIn("fr")).toBe("Article retiré");
  // No words for it: those of the site's language.
  expect(await titleIn("de")).toBe("Taken down");
  await truth();
});

test("when the period is over, the stub is gone; it is measured back from the feed's newest date", async () => {
  const { kill, titles, newsAfter, truth } = await withFive();
  await kill(4);
  await newsAfter(STUB_DAYS - 1);
  expect(await titles("all")).toEqual(["Story 90", "Story 5", "Withdrawn"]);
  await newsAfter(STUB_DAYS + 1, 91);
  expect(await titles("all")).toEqual(["Story 91", "Story 90"]);
  await truth();
});

test("when more is killed than there is room for, documents keep the newest stubs, and status says how many are left out", async () => {
  const wire = told();
  const { services, sendAll, killOf, text, stories, truth } = wire;
  // HTML writes quotes longer than the other formats do.
  const notice = 'We "are" sorry. '.repeat(20).trim();
  const numbers = Array.from({ length: 1_010 }, (_, n) => n);
  await sendAll(numbers.map((n) => incoming(n)));
  for (const n of numbers) {
    wire.clock.now += 1_000;
    await ingest(services, killOf(n, { notice }));
  }
  await services.publisher.publish(numbers.map((n) => `story-${n}`));
  const found = await stories("all", "rss");
  expect(found.length).toBeGreaterThan(200);
  const newest = numbers.slice(-found.length).reverse().map(GUID);
  expect(found.map(({ id }) => id)).toEqual(newest);
  for (const { name, forPeople } of FORMATS) {
    const size = Buffer.byteLength(await text("all", name as FormatName));
    expect(size).toBeLessThan(MAX_STUB_BYTES + 20_000);
    if (!forPeople) expect(await stories("all", name as FormatName)).toHaveLength(found.length);
  }
  const { overflows } = await upkeepStatus(services);
  expect(overflows).toContainEqual({ feed: "all", late: 0, stubs: 1_010 - found.length, isMore: false });
  await truth();
}, 120_000);

test("when a story is corrected that left the newest entries long ago, the correction is in every feed that has it", async () => {
  const { correct, titles, text, stories, truth } = await withFive();
  await correct(1);
  for (const format of FORMAT_NAMES) {
    for (const feed of ["all", "section/world"]) {
      expect(await titles(feed, format)).toEqual(["Story 5", "Story 4", "Story 1"]);
      expect(await text(feed, format)).toContain("It was Tuesday.");
      expect((await stories(feed, format))[2]?.updated).toBeGreaterThanOrEqual(CLOCK);
    }
    expect(await titles("corrections", format)).toEqual(["Story 1"]);
  }
  await truth();
});

test("when a corrected story gets an update soon after, the correction still reaches those who look once a week", async () => {
  const { send, correct, titles, text } = await withFive();
  await correct(1);
  await send(1, { revision: 3, headline: "Story 1, later" } as never);
  expect(await titles("all")).toEqual(["Story 5", "Story 4", "Story 1, later"]);
  expect(await text("all", "rss")).toContain("It was Tuesday.");
});

test("when an old story is updated, that is no correction: it stays behind the newest entries", async () => {
  const { correct, titles } = await withFive();
  await correct(1, { change: { kind: "update" } });
  expect(await titles("all")).toEqual(["Story 5", "Story 4"]);
  await correct(2, { change: { kind: "clarification" } });
  expect(await titles("all")).toEqual(["Story 5", "Story 4", "Story 2"]);
});

test("when the week is over, a late correction leaves the documents", async () => {
  const { correct, titles, newsAfter, truth } = await withFive();
  await correct(1);
  await newsAfter(LATE_DAYS - 1);
  expect(await titles("all")).toEqual(["Story 90", "Story 5", "Story 1"]);
  await newsAfter(LATE_DAYS + 1, 91);
  expect(await titles("all")).toEqual(["Story 91", "Story 90"]);
  await truth();
});

test("when more old stories are corrected at once than there is room for, the last stand and status says how many do not", async () => {
  const { services, sendAll, titles, clock, truth } = told();
  const numbers = Array.from({ length: MAX_LATE + 30 }, (_, n) => n);
  await sendAll([...numbers, 998, 999].map((n) => incoming(n)));
  for (const n of numbers) {
    clock.now += 1_000;
    await ingest(services, incoming(n, { revision: 2, change: { kind: "correction" } } as never));
  }
  await services.publisher.publish(numbers.map((n) => `story-${n}`));
  const last = numbers.slice(-MAX_LATE).reverse();
  expect(await titles("all")).toEqual([999, 998, ...last].map((n) => `Story ${n}`));
  const { overflows } = await upkeepStatus(services);
  expect(overflows).toContainEqual({ feed: "all", late: 30, stubs: 0, isMore: false });
  await truth();
});

test("when windows are of an earlier version, they open; a rebuild brings the stubs and the late corrections", async () => {
  const { services, newsroom, published, kill, correct, send, titles, truth } = await withFive();
  await kill(2);
  await correct(1);
  for await (const key of newsroom.list("windows/")) {
    const { late: _, ...window } = JSON.parse(await textOf(newsroom, key));
    for (const item of window.tombstones.items) delete item.published;
    await newsroom.put(key, Buffer.from(JSON.stringify(window)));
  }
  const cold = createServices({ ...services, stores: { newsroom, published } });
  await ingest(cold, incoming(6));
  const report = await cold.publisher.publish(["story-6"]);
  expect(report.failed).toEqual([]);
  expect(await titles("all")).toEqual(["Story 6", "Story 5"]);
  await rebuild(cold);
  expect(await titles("all")).toEqual(["Story 6", "Story 5", "Withdrawn", "Story 1"]);
  await truth();
  await send(7);
  expect(await titles("all")).toEqual(["Story 7", "Story 6", "Withdrawn", "Story 1"]);
});
