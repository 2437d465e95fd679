import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createDocuments } from "../../src/http/documents.ts";
import { createServices } from "../../src/services.ts";
import { fileStore } from "../../src/store/file/store.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { testSite } from "../support/site.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-beside-"));
const published = fileStore(folder);
const other = fileStore(folder);
afterAll(() => {
  published.close();
  other.close();
  rmSync(folder, { recursive: true });
});

const KEY = "feeds/all/rss.xml";
const ADDRESS = `http://127.0.0.1/${KEY}`;
const text = (n: number) => `<rss>${String(n).padStart(2_000, "0")}</rss>`;

const stores = { newsroom: new MemoryStore(), published };
// Whatever the stamps of the files say, the second in which they were written is over.
const now = () => Date.now() + 5_000;
const documents = createDocuments(createServices({ site: testSite(), stores, log: () => {}, now }));

/** What a reader of the known address gets, who takes gzip or does not, and has or has not a version. */
const poll = (etag?: string, encoding?: string) => {
  const headers = {
    ...(etag && { "if-none-match": etag }),
    ...(encoding && { "accept-encoding": encoding }),
  };
  return documents.answerAgain(ADDRESS, new Headers(headers));
};

test("when another process writes a document, the next poll gets it, and who had the old one gets no 304", async () => {
  await other.put(KEY, Buffer.from(text(0)));
  const place = { key: KEY, contentType: "application/rss+xml", cacheControl: "no-cache" };
  await documents.answer(new Request(ADDRESS), { place, links: [] });
  for (let n = 0; n < 5; n++) {
    const [had, packed] = [await poll(), await poll(undefined, "gzip")];
    expect(Buffer.from(had?.body ?? []).toString()).toBe(text(n));
    expect(await poll(had?.headers.ETag)).toMatchObject({ status: 304 });
    expect(await poll(packed?.headers.ETag, "gzip")).toMatchObject({ status: 304 });
    await other.put(KEY, Buffer.from(text(n + 1)));
    expect(await poll(had?.headers.ETag)).toMatchObject({ status: 200, body: Buffer.from(text(n + 1)) });
    expect(await poll(packed?.headers.ETag, "gzip")).toMatchObject({ status: 200 });
  }
});

test("when a tool puts a file of the same size and date in its place, it is seen, and so is its removal", async () => {
  const had = await poll();
  const copy = join(folder, ".tmp/copy");
  writeFileSync(copy, text(77));
  utimesSync(copy, now() / 1_000, Date.parse(`${had?.headers["Last-Modified"]}`) / 1_000 - 1);
  renameSync(copy, join(folder, KEY));
  expect(await poll(had?.headers.ETag)).toMatchObject({ status: 200, body: Buffer.from(text(77)) });
  await other.delete(KEY);
  expect(await poll()).toBeUndefined();
});
