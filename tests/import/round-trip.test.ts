import { expect, test } from "vitest";
import { readFeed } from "../../src/import/feed/read-feed.ts";
import { itemOf } from "../../src/import/feed/record.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { readArticle } from "../../src/validate/article.ts";
import everyField from "../golden/records/every-field.json" with { type: "json" };
import summit from "../golden/records/us-nkorea-second-summit.json" with { type: "json" };
import { testSite } from "../support/site.ts";
import { memoryWire, textOf } from "../support/wire.ts";

const ORIGINS = ["https://one.example.org", "https://two.example.org"] as const;

const RECORDS = [
  summit,
  // JSON Feed has no word for the e-mail address of an author.
  { ...everyField, authors: everyField.authors.map(({ name, url }) => ({ name, url })) },
  {
    id: "plain",
    url: "https://news.example.org/plain",
    headline: "Plain",
    published: "2018-11-01T10:00:00Z",
    tags: ["A", "B"],
  },
  {
    id: "corrected",
    url: "https://news.example.org/corrected",
    headline: "Corrected",
    body: "<p>Twelve.</p>",
    dateline: "OSLO",
    section: "World",
    sections: ["Sport"],
    tags: ["Ice", "Snow"],
    keywords: ["frost"],
    published: "2018-11-02T10:00:00Z",
    change: { kind: "correction", note: "Not eleven." },
    media: ["a", "b", "c"].map((name) => ({
      url: `https://news.example.org/${name}.jpg`,
      type: "image/jpeg",
      caption: `Caption ${name}`,
    })),
  },
];

function wireAt(origin: string) {
  const wire = memoryWire(
    testSite({ year: 2018, language: "en-US", feeds: [{ name: "all", title: "All" }] }, origin),
  );
  return {
    async take(record: unknown) {
      const { article } = readArticle(record, { now: wire.clock.now, language: "en-US" });
      const outcome = await ingest(wire.services, article);
      await wire.services.publisher.publish([article.id]);
      return outcome;
    },
    shown: (file: string) => textOf(wire.published, `feeds/all/${file}`),
  };
}

test("when the feed of a wire is imported into an empty wire, that wire has the same documents, and a second import writes nothing", async () => {
  const [one, two] = ORIGINS.map(wireAt) as [ReturnType<typeof wireAt>, ReturnType<typeof wireAt>];
  for (const record of RECORDS) await one.take(record);
  const { entries, channel } = readFeed(await one.shown("feed.json"), `${ORIGINS[0]}/feeds/all/feed.json`);
  const records = entries.flatMap((entry) => {
    const item = itemOf(entry, channel, {});
    return "record" in item ? [item.record] : [];
  });
  expect(records).toHaveLength(RECORDS.length);
  for (const record of records.toReversed()) await two.take(record);
  for (const file of ["rss.xml", "atom.xml", "feed.json"]) {
    expect((await two.shown(file)).replaceAll(ORIGINS[1], ORIGINS[0])).toBe(await one.shown(file));
  }
  for (const record of records) expect(await two.take(record)).toMatchObject({ result: "unchanged" });
});
