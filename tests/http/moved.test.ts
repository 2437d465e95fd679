import { beforeEach, describe, expect, test } from "vitest";
import { slug } from "../../src/core/text.ts";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { problem, STORY, type TestWire, testWire } from "./support.ts";

const FILES = ["rss.xml", "atom.xml", "feed.json", ""];
const ORIGIN = "https://feeds.example.org";

let wire: TestWire;
const get = (path: string) => wire.send("GET", path, { token: null });
const moved = async (path: string) => {
  const { status, headers } = await get(path);
  return [status, headers.get("location")];
};

describe("a feed that the site file renames", () => {
  beforeEach(async () => {
    wire = testWire({
      feeds: [
        { name: "all", title: "All" },
        { name: "top", title: "Top" },
      ],
      renamed: { "section/usa": "section/us", headlines: "front", front: "top", "tag/北朝鮮": "tag/朝鮮" },
      merged: { "ressort/welt": "all" },
    });
    await wire.send("PUT", "/articles/summit?wait=published", { body: STORY });
  });

  test.each(FILES)(
    "when a reader asks for %j at the old name, it answers 301 to the new one",
    async (file) => {
      const response = await get(`/feeds/section/usa/${file}`);
      expect(response.status).toBe(301);
      expect(Object.fromEntries(response.headers)).toEqual({
        location: `${ORIGIN}/feeds/section/us/${file}`,
        "cache-control": "public, max-age=3600",
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
      });
      expect(await moved(`/feeds/headlines/${file}`)).toEqual([301, `${ORIGIN}/feeds/top/${file}`]);
      expect(await moved(`/feeds/front/${file}`)).toEqual([301, `${ORIGIN}/feeds/top/${file}`]);
      expect(await moved(`/feeds/ressort/welt/${file}`)).toEqual([301, `${ORIGIN}/feeds/all/${file}`]);
      const encoded = `/feeds/tag/${encodeURIComponent("北朝鮮")}/${file}`;
      expect(await moved(encoded)).toEqual([
        301,
        `${ORIGIN}/feeds/tag/${encodeURIComponent("朝鮮")}/${file}`,
      ]);
    },
  );

  test("when the old address has a query, the new one has it too, and a HEAD is answered like a GET", async () => {
    const path = "/feeds/section/usa/rss.xml?from=app&q=%C3%A4";
    const location = `${ORIGIN}/feeds/section/us/rss.xml?from=app&q=%C3%A4`;
    expect(await moved(path)).toEqual([301, location]);
    const head = await wire.send("HEAD", path, { token: null });
    expect([head.status, head.headers.get("location")]).toEqual([301, location]);
  });

  test("when the file is none of the documents, it answers 404", async () => {
    expect((await get("/feeds/section/usa/other.xml")).status).toBe(404);
    expect((await get("/feeds/section/usa/removed")).status).toBe(404);
  });

  test("when a story names the old value, it stands in the feed of today, and nowhere under the old name", async () => {
    expect(await (await get("/feeds/section/us/rss.xml")).text()).toContain("Second summit agreed");
    const keys: string[] = [];
    for await (const key of wire.stores.published.list("feeds/")) keys.push(key);
    expect(keys.filter((key) => /usa|北朝鮮/.test(key))).toEqual([]);
    await writeDirectory(wire.services);
    const { feeds } = (await (await get("/feeds")).json()) as { feeds: { name: string }[] };
    expect(feeds.map(({ name }) => name)).toEqual(["all", "top", "language/en", "section/us", "tag/朝鮮"]);
  });

  test("when an Atom reader follows the redirect, it finds the feed by the identifier that it knows", async () => {
    const idOf = async (path: string) =>
      /<id>([^<]*)<\/id>/.exec(await (await get(path)).text())?.[1]?.replace(/^.*2026:/, "");
    expect(await idOf("/feeds/section/us/atom.xml")).toBe("feed/section/usa");
    // Not that of a feed which was merged into it.
    expect(await idOf("/feeds/all/atom.xml")).toBe("feed/all");
    await wire.services.publisher.startFeeds();
    expect(await idOf("/feeds/top/atom.xml")).toBe("feed/headlines");
  });

  test("when a feed is neither renamed nor there, it answers 410 or 404 as before", async () => {
    await wire.stores.published.put("feeds/old/removed", Buffer.from("{}"));
    expect(await problem(await get("/feeds/old/rss.xml"))).toMatchObject({ status: 410 });
    expect(await problem(await get("/feeds/never/rss.xml"))).toMatchObject({ status: 404 });
  });
});

/** How the version before made the name of a feed. */
function slugOfBefore(value: string): string {
  const words = value.normalize("NFKC").toLowerCase().normalize("NFC");
  return words.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
}

describe("a feed whose name the version before spelled another way", () => {
  beforeEach(() => {
    wire = testWire();
  });

  test.each(["İstanbul", "İZMİR", "İİ", "Şanlıurfa İli", "Dİ\u0301x", "i\u0307stanbul"])(
    "when a reader asks for the feed of %s by the old name, it answers 301 to the name of today",
    async (value) => {
      const [before, today] = [slugOfBefore(value), slug(value)].map(encodeURIComponent);
      expect(before).not.toBe(today);
      for (const family of ["tag", "section"]) {
        for (const file of FILES) {
          const to = `${ORIGIN}/feeds/${family}/${today}/${file}`;
          expect(await moved(`/feeds/${family}/${before}/${file}`)).toEqual([301, to]);
        }
      }
    },
  );

  test("when a story spells its tag in either way, it stands in one feed, whose title is as the story says", async () => {
    for (const [id, tag] of Object.entries({ a: "İstanbul", b: "i\u0307stanbul", c: "istanbul" })) {
      const body = { ...STORY, id, url: `${STORY.url}?${id}`, section: undefined, tags: [tag] };
      await wire.send("PUT", `/articles/${id}?wait=published`, { body });
    }
    const { items } = (await (await get("/feeds/tag/istanbul/feed.json")).json()) as { items: object[] };
    expect(items).toHaveLength(3);
    expect(await moved("/feeds/tag/i%CC%87stanbul/feed.json")).toEqual([
      301,
      `${ORIGIN}/feeds/tag/istanbul/feed.json`,
    ]);
  });

  test("when the feed of today is renamed, the old spelling leads to its last name", async () => {
    wire = testWire({ renamed: { "tag/istanbul": "tag/constantinople" } });
    expect(await moved("/feeds/tag/i%CC%87stanbul/rss.xml")).toEqual([
      301,
      `${ORIGIN}/feeds/tag/constantinople/rss.xml`,
    ]);
  });

  test("when the site file no longer has the family, it answers 410 where the feed was, and 404 elsewhere", async () => {
    wire = testWire({ families: [] });
    await wire.stores.published.put("feeds/tag/i\u0307stanbul/removed", Buffer.from("{}"));
    expect(await moved("/feeds/tag/i%CC%87stanbul/rss.xml")).toEqual([410, null]);
    expect(await moved("/feeds/tag/i%CC%87zmir/rss.xml")).toEqual([404, null]);
  });
});
