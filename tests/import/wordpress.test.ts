import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFetch } from "../../src/fetch/fetch.ts";
import type { Item } from "../../src/import/item.ts";
import { wordpress } from "../../src/import/kinds/wordpress.ts";
import { readArticle } from "../../src/validate/article.ts";
import { type FakePost, type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-03-01T10:00:00Z");
const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

const post = (id: number, more: Partial<FakePost> = {}): FakePost => ({
  id,
  title: `Story ${id}`,
  content: `<p>Words of ${id}.</p>`,
  date: at(id),
  modified: at(id),
  ...more,
});

let site: FakeWordPress;
let pauses: number[];

beforeEach(async () => {
  site = await startFakeWordPress([]);
  pauses = [];
});
afterEach(() => site.close());

const fill = (posts: FakePost[]) => {
  for (const one of posts) site.posts.set(one.id, one);
};

async function read(from?: string): Promise<{ items: Item[]; marks: string[]; total?: number }> {
  const items: Item[] = [];
  const marks: string[] = [];
  let total: number | undefined;
  const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
  const source = { url: site.url, allowsPrivate: true };
  for await (const step of wordpress.readAll(
    source,
    { fetch: createFetch(), sleep, now: () => START },
    from,
  )) {
    if ("item" in step) items.push(step.item);
    else if ("mark" in step) marks.push(step.mark);
    else total = step.total;
  }
  return { items, marks, ...(total === undefined ? {} : { total }) };
}

const idsOf = (items: Item[]) => items.map((item) => ("record" in item ? item.record.id : item.skipped));
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `wp-${from + i}`);

describe("the posts of a site", () => {
  test("when there are more than a page has, all of them come once, in the order of their last change", async () => {
    fill(Array.from({ length: 250 }, (_, i) => post(i + 1)));
    const { items, total } = await read();
    expect(idsOf(items)).toEqual(numbered(1, 250));
    expect(total).toBe(250);
    expect(site.asked).toHaveLength(3);
  });

  test("when more posts than a page has were changed in one second, none is passed over", async () => {
    fill(Array.from({ length: 230 }, (_, i) => post(i + 1, { modified: at(1) })));
    expect(new Set(idsOf((await read()).items))).toEqual(new Set(numbered(1, 230)));
  });

  test("when posts are removed and changed while the list is read, all the others still come", async () => {
    fill(Array.from({ length: 250 }, (_, i) => post(i + 1)));
    let asked = 0;
    site.before(() => {
      if (++asked !== 2) return;
      for (let id = 1; id <= 60; id++) site.posts.delete(id);
      site.posts.set(150, post(150, { title: "Changed", modified: at(9_000) }));
    });
    const { items } = await read();
    expect(new Set(idsOf(items))).toEqual(new Set(numbered(1, 250)));
    expect(items.at(-1)).toMatchObject({ record: { id: "wp-150", headline: "Changed" } });
  });

  test("when a site gives fewer posts at once than it is asked for, all come", async () => {
    fill(Array.from({ length: 45 }, (_, i) => post(i + 1)));
    site.maxPerPage = 20;
    expect(idsOf((await read()).items)).toEqual(numbered(1, 45));
  });

  test("when WordPress is too old to know the time of a change, its pages are counted", async () => {
    fill(Array.from({ length: 250 }, (_, i) => post(i + 1)));
    site.isOld = true;
    expect(new Set(idsOf((await read()).items))).toEqual(new Set(numbered(1, 250)));
  });

  test("when a run goes on from a mark, it reads what was changed since", async () => {
    fill(Array.from({ length: 250 }, (_, i) => post(i + 1)));
    const { marks } = await read();
    expect(idsOf((await read(marks[1])).items)).toEqual(numbered(199, 250));
  });

  test("when a list shows the same posts again and again, it ends", async () => {
    const posts = Array.from({ length: 100 }, (_, i) => ({
      id: i + 1,
      link: `${site.url}/${i}/`,
      modified_gmt: "2026-03-01T10:00:00",
    }));
    const lie = (_: unknown, response: ServerResponse) =>
      response.writeHead(200, { "x-wp-total": "1000000" }).end(JSON.stringify(posts));
    site.answers = Array.from({ length: 1_000 }, () => lie);
    expect((await read()).items).toHaveLength(100);
    expect(site.asked.length).toBeLessThan(10);
  });

  test("when a run goes on inside of a second with more posts than a page has, it reads the pages behind", async () => {
    fill(Array.from({ length: 350 }, (_, i) => post(i + 1, { modified: at(1) })));
    const { marks } = await read();
    expect(idsOf((await read(marks[2])).items)).toEqual(numbered(201, 350));
    site.asked.length = 0;
    expect(idsOf((await read(marks.at(-1))).items)).toEqual(numbered(301, 350));
    expect(site.asked).toHaveLength(1);
    for (let id = 1; id <= 200; id++) site.posts.delete(id);
    expect(idsOf((await read(marks.at(-1))).items)).toEqual(numbered(201, 350));
  });

  test("when a site asks to wait, it is asked again after that", async () => {
    fill([post(1)]);
    site.answers.push((_, response) => void response.writeHead(429, { "retry-after": "7" }).end());
    expect(idsOf((await read()).items)).toEqual(["wp-1"]);
    expect(pauses).toEqual([7_000]);
  });

  test("when a page is too much for the site, shorter ones are asked for", async () => {
    fill(Array.from({ length: 120 }, (_, i) => post(i + 1)));
    site.answers.push(
      (_, response) => void response.writeHead(500).end("<p>There has been a critical error."),
    );
    expect(idsOf((await read()).items)).toEqual(numbered(1, 120));
    expect(site.asked[1]).toContain("per_page=25");
  });

  test("when the address is no WordPress, it says so", async () => {
    site.answers.push((_, response) => void response.end("<html>Welcome</html>"));
    await expect(read()).rejects.toThrow(/127\.0\.0\.1:\d+ answers no list of posts: this is no WordPress/);
  });
});

describe("a post", () => {
  const recordOf = async (more: Partial<FakePost>) => {
    fill([post(1, more)]);
    const [item] = (await read()).items;
    return item as Item;
  };

  test.each<[string, Partial<FakePost>, string]>([
    ["no title", { title: " " }, "Words of 1."],
    [
      "neither a title nor words",
      { title: "", content: '<img src="https://x.example.org/a.jpg">' },
      "127.0.0.1",
    ],
    [
      "a title that is longer than a headline",
      { title: "word ".repeat(200) },
      `${"word ".repeat(99)}…`.replace(" …", "…"),
    ],
  ])("when it has %s, it still has a headline, and says how it was made", async (_, more, headline) => {
    expect(await recordOf(more)).toMatchObject({ record: { headline }, repaired: [expect.any(String)] });
  });

  test("when its number is a text and its dates mean nothing, it is read, and has the date of its first import", async () => {
    fill([post(1)]);
    site.answers.push((_, response) => {
      const dates = { date_gmt: "0000-00-00T00:00:00", modified_gmt: "now" };
      const strange = { id: "17", link: `${site.url}/17/`, title: "Plain", content: "<p>x</p>", ...dates };
      response.end(JSON.stringify([strange]));
    });
    const { items } = await read();
    expect(items).toMatchObject([{ record: { id: "wp-17", headline: "Plain", body: "<p>x</p>" } }]);
    expect(items[0]).not.toHaveProperty("record.published");
  });

  test("when it has everything, its record has it too, and the door takes it", async () => {
    const item = await recordOf({
      title: "Tom &amp; Jerry&#8217;s",
      content: "<p>One.</p>",
      excerpt: "<p>What it is about.</p>",
      categories: ["City", "Sport &amp; Play"],
      tags: ["Bridge"],
      author: "Ada &amp; Ben",
      picture: {
        url: "https://cdn.example.org/a.jpg",
        alt: "A bridge",
        caption: "The <em>bridge</em>",
        sizes: { full: 2000, medium: 600 },
      },
    });
    expect(item).toMatchObject({
      key: "1",
      record: {
        id: "wp-1",
        guid: `${site.url}/?post_type=post&p=1`,
        url: `${site.url}/1/`,
        summary: "What it is about.",
        section: "City",
        sections: ["Sport & Play"],
        tags: ["Bridge"],
        authors: [{ name: "Ada & Ben", url: `${site.url}/author/1/` }],
        published: "2026-03-01T10:01:00Z",
        media: [
          {
            url: "https://cdn.example.org/a.jpg",
            alt: "A bridge",
            caption: "The bridge",
            credit: "Max Lens",
            width: 2000,
            role: "lead",
            renditions: [{ width: 2000 }, { url: "https://cdn.example.org/a-600.jpg", width: 600 }],
          },
        ],
      },
    });
    const { article } = readArticle("record" in item && item.record, { now: START + 1e9 });
    expect(article).toMatchObject({ headline: "Tom & Jerry’s", body: "<p>One.</p>" });
  });

  test.each<[string, Partial<FakePost>, RegExp]>([
    ["needs a password", { password: "secret" }, /needs a password/],
  ])("when it %s, it is skipped", async (_, more, reason) => {
    expect(await recordOf(more)).toMatchObject({ skipped: expect.stringMatching(reason) });
  });

  test("when its excerpt was cut out of its content, it has no summary", async () => {
    const item = await recordOf({
      content: "<p>Words that go on and on.</p>",
      excerpt: "<p>Words that go [&hellip;]</p>\n",
    });
    expect("record" in item && item.record.summary).toBeUndefined();
  });
});
