import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDocument } from "../../src/cli/wire/read-document.ts";
import { type Incoming, ingest, withdraw } from "../../src/ingest/ingest.ts";
import { outputsOf } from "../../src/render/outputs.ts";
import { readRecord } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { CONFLICT, type Store } from "../../src/store/port.ts";
import { readArticle } from "../../src/validate/article.ts";
import { SITE } from "../simulation/site.ts";
import { countingStore } from "../support/counting-store.ts";

const GUID = "https://old.example.org/?p=4711";

function wire() {
  const memory = new MemoryStore();
  const newsroom = countingStore(memory);
  const stores = { newsroom: newsroom.store, published: new MemoryStore() };
  const site = { ...SITE, size: 50 };
  const services = createServices({ site, stores, log: () => {}, sleep: async () => {} });
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const key of memory.list(prefix)) found.push(key);
    return found;
  };
  return { services, newsroom, memory, keys };
}

function article(id: string, more: Partial<Incoming> = {}): Incoming {
  return {
    id,
    url: `https://news.example.org/${id}`,
    headline: `Story ${id}`,
    published: "2026-01-01T00:00:00.000Z",
    updated: "2026-01-01T00:00:00.000Z",
    status: "published",
    ...more,
  } as Incoming;
}

const taken = (holder: string) => ({
  code: "guid-taken",
  message: expect.stringContaining(`article ${holder} `),
  errors: [{ pointer: "#/guid", detail: expect.stringContaining(`article ${holder}`) }],
});

describe("when two articles have one guid", () => {
  test("the second is refused and changes nothing, and the first can still be updated", async () => {
    const { services, keys } = wire();
    expect(await ingest(services, article("a", { guid: GUID }))).toMatchObject({ result: "created" });
    await expect(ingest(services, article("b", { guid: GUID }))).rejects.toMatchObject(taken("a"));
    expect(await keys("articles/")).toEqual(["articles/a.json"]);
    expect(await ingest(services, article("a", { guid: GUID, revision: 1 }))).toMatchObject({
      result: "updated",
    });
    expect(await ingest(services, article("b"))).toMatchObject({ result: "created" });
  });

  test("when many articles with one guid come at once, one of them is accepted", async () => {
    const { services, keys } = wire();
    const ids = Array.from({ length: 20 }, (_, n) => `story-${n}`);
    const answers = await Promise.allSettled(ids.map((id) => ingest(services, article(id, { guid: GUID }))));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason.code] : []));
    expect(refused).toEqual(Array(19).fill("guid-taken"));
    expect(await keys("articles/")).toHaveLength(1);
  });

  test("when two texts are equal after normalisation, they are one guid; when they differ in case, they are two", async () => {
    const { services } = wire();
    const send = (id: string, guid: string) =>
      ingest(services, readArticle({ ...article(id), guid }, { now: Date.parse("2026-11-24") }).article);
    await send("a", "Caf\u00e9 1");
    await expect(send("b", " Cafe\u0301\u0000 \n1 ")).rejects.toMatchObject(taken("a"));
    expect(await send("c", "CAF\u00c9 1")).toMatchObject({ result: "created" });
  });

  test("when an article is killed, it keeps its guid, even if its first version is the kill", async () => {
    const { services } = wire();
    await ingest(services, article("a", { guid: GUID }));
    await withdraw(services, "a");
    await expect(ingest(services, article("b", { guid: GUID }))).rejects.toMatchObject(taken("a"));
    await ingest(services, article("c", { guid: "urn:c", status: "withdrawn" }));
    await expect(ingest(services, article("b", { guid: "urn:c" }))).rejects.toMatchObject(taken("c"));
  });

  test("when a request is refused, or a kill finds no article, it claims no guid", async () => {
    const { services, keys } = wire();
    const never = { ifMatch: () => false };
    await expect(ingest(services, article("a", { guid: GUID }), never)).rejects.toMatchObject({
      code: "precondition-failed",
    });
    await expect(withdraw(services, "a")).rejects.toMatchObject({ code: "not-found" });
    expect(await keys("guids/")).toEqual([]);
    expect(await ingest(services, article("b", { guid: GUID }))).toMatchObject({ result: "created" });
  });
});

describe("when the first write of a claim or a record goes wrong", () => {
  type Put = (store: Store, ...all: Parameters<Store["put"]>) => Promise<unknown>;

  /** The first put of a claim, or of a record, is done so and answers a conflict. */
  function failing(prefix: string, put: Put) {
    const { services, memory, keys } = wire();
    let failed = false;
    const { newsroom } = services.stores;
    services.stores.newsroom = decorate(newsroom, () => ({
      put: async (...all) => {
        if (failed || !all[0].startsWith(prefix)) return newsroom.put(...all);
        failed = true;
        await put(memory, ...all);
        return CONFLICT;
      },
    }));
    return { services, keys };
  }

  test("and the process crashes before the record is written, the claim stays for the same article and refuses another", async () => {
    const { services, keys } = failing("articles/", () => Promise.reject(new Error("SlowDown")));
    await expect(ingest(services, article("a", { guid: GUID }))).rejects.toThrow("SlowDown");
    expect(await keys("")).toEqual([expect.stringMatching(/^guids\/[0-9a-f]{64}\.json$/)]);
    await expect(ingest(services, article("b", { guid: GUID }))).rejects.toMatchObject(taken("a"));
    expect(await ingest(services, article("a", { guid: GUID }))).toMatchObject({ result: "created" });
  });

  test.each<[string, Put]>([
    ["lost after the write", (store, ...all) => store.put(...all)],
    ["a conflict without a write", async () => {}],
  ])("and the answer is %s, the claim is written once and holds", async (_, put) => {
    const { services, keys } = failing("guids/", put);
    expect(await ingest(services, article("a", { guid: GUID }))).toMatchObject({ result: "created" });
    expect(await keys("guids/")).toHaveLength(1);
    await expect(ingest(services, article("b", { guid: GUID }))).rejects.toMatchObject(taken("a"));
  });
});

describe("store requests", () => {
  test("when an article has its own guid, its first version costs one more put; when it has the default guid, none", async () => {
    const { services, newsroom } = wire();
    const counts = async (incoming: Incoming) => {
      newsroom.reset();
      await ingest(services, incoming);
      return { get: newsroom.counts.get, put: newsroom.counts.put };
    };
    const usual = { get: { articles: 1 }, put: { articles: 1 } };
    expect(await counts(article("a"))).toEqual(usual);
    expect(await counts(article("c", { guid: "tag:news.example.org,2026:article/c" }))).toEqual(usual);
    const first = article("b", { guid: GUID });
    expect(await counts(first)).toEqual({ get: { articles: 1 }, put: { articles: 1, guids: 1 } });
    expect(await counts(first)).toEqual({ get: { articles: 1 }, put: {} });
    expect(await counts(article("b", { guid: GUID, revision: 1 }))).toEqual(usual);
    expect(await counts(article("b", { revision: 2 }))).toEqual(usual);
  });
});

describe("the name space of the default guids", () => {
  const refused = {
    code: "invalid",
    errors: [{ pointer: "#/guid", detail: expect.stringContaining("other") }],
  };

  test("when a guid is the default guid of another article, it is refused, whether or not this other article exists", async () => {
    const { services, keys } = wire();
    const guid = "tag:news.example.org,2026:article/other";
    await expect(ingest(services, article("a", { guid }))).rejects.toMatchObject(refused);
    expect(await keys("")).toEqual([]);
    expect(await ingest(services, article("other", { guid }))).toMatchObject({ result: "created" });
    await expect(ingest(services, article("a", { guid }))).rejects.toMatchObject(refused);
  });

  test.each([
    "tag:news.example.org,2025:article/other",
    "tag:old.example.org,2026:article/other",
    "tag:news.example.org,2026:article/2018/other",
    "tag:news.example.org,2026:article/",
  ])("when a guid only looks like a default guid, it is accepted: %s", async (guid) => {
    const { services } = wire();
    expect(await ingest(services, article("a", { guid }))).toMatchObject({ result: "created" });
  });
});

test("when newsrooms bring any guids, no document has two stories with one identifier", async () => {
  const ids = ["a", "b", "c", "d"];
  // No IRIs among them: in Atom those articles are known by their default tag.
  const guids = ["x y", "4711", "urn:x", GUID, ...ids.map((id) => `tag:news.example.org,2026:article/${id}`)];
  const sent = fc.record(
    { id: fc.constantFrom(...ids), guid: fc.constantFrom(...guids), revision: fc.nat(5) },
    { requiredKeys: ["id", "revision"] },
  );
  const run = async (records: { id: string; guid?: string; revision: number }[]) => {
    const { services } = wire();
    await ingest(services, article("z"));
    for (const { id, ...more } of records) await ingest(services, article(id, more)).catch(() => {});
    await services.publisher.publish(["z", ...ids]);
    const stored = await Promise.all(ids.map((id) => readRecord(services, id)));
    const documents = outputsOf({ name: "all" }).filter(({ from }) => !from.format.forPeople);
    for (const { key, contentType } of documents) {
      const { body } = (await services.stores.published.get(key)) ?? { body: [] };
      const seen = readDocument(contentType, Buffer.from(body).toString()).entries.map((entry) => entry.id);
      expect(seen).toHaveLength(1 + stored.filter(Boolean).length);
      expect(new Set(seen).size).toBe(seen.length);
    }
  };
  const records = fc.array(sent, { minLength: 1, maxLength: 8 });
  await fc.assert(fc.asyncProperty(records, run), { numRuns: 200 });
});
