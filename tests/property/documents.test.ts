import fc from "fast-check";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import Parser from "rss-parser";
import { describe, expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import { cleanText } from "../../src/core/text.ts";
import { shown, type Window } from "../../src/core/window.ts";
import { withDateline } from "../../src/render/dateline.ts";
import { partsOf } from "../../src/render/entry-parts.ts";
import { extractOf } from "../../src/render/plain-text.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { syndicatedBody } from "../../src/render/withhold-media.ts";
import { READERS, type Story } from "../render/read.ts";
import {
  ALL_FEED,
  acceptedArticles,
  byId,
  hostileText,
  published,
  TEST_SITE,
  windowOf,
} from "../support/articles.ts";
import { byFormat, FORMAT_NAMES, type FormatName } from "../support/documents.ts";

const fewArticles = acceptedArticles(3);

/** Of the types that the generated articles have. */
const PICTURE_TYPES = ["image/jpeg", "image/svg+xml"];

function render(articles: Published[], window = windowOf(articles), renderer = createRenderer(TEST_SITE)) {
  return byFormat(renderer.render(ALL_FEED, window, byId(articles)));
}

function inWindow(window: Window, articles: Published[]): Published[] {
  return shown(ALL_FEED, window).entries.map(({ id }) => byId(articles).get(id) as Published);
}

/** The article with its dateline in the body, and without links to media that is not to be syndicated. */
function dated(whole: Published): Published {
  const { body: _, ...article } = whole;
  const shown = withDateline(syndicatedBody(whole), article.dateline);
  return shown === undefined ? article : { ...article, body: shown };
}

/** The story that every format must tell. */
function storyOf(article: Published, format: FormatName): Story {
  const media = (article.media ?? []).filter(({ syndicate }) => syndicate !== false);
  // Readers offer it beside the content, which shows the pictures.
  const others = format === "json" ? media : media.filter(({ type }) => !PICTURE_TYPES.includes(type));
  const lead = others.find(({ role }) => role === "lead") ?? others[0];
  const { content, note } = partsOf(TEST_SITE, dated(article), article.headline);
  const words =
    format === "rss" ? extractOf(note + (dated(article).body ?? ""), article.language) : undefined;
  return {
    id: article.guid,
    url: article.url,
    headline: article.headline,
    summary: article.summary ?? words,
    body: content,
    published: Math.trunc(Date.parse(article.published) / 1000),
    updated: Date.parse(article.updated),
    breaking: article.breaking && { until: undefined, ...article.breaking },
    change: article.change && { note: undefined, ...article.change },
    media: media.map(({ url, type, width, height, bytes, caption, credit, alt, renditions }) => ({
      url,
      type,
      width: width || undefined,
      height: height || undefined,
      bytes: bytes || undefined,
      caption,
      credit,
      alt,
      renditions,
    })),
    enclosure: lead && { url: lead.url, type: lead.type, bytes: lead.bytes || undefined },
  };
}

/** RSS dates have no fractions, sizes of nothing are left out by XML, and an Atom id that is no IRI is replaced. */
function comparable(format: FormatName, story: Story, article: Published): Story {
  const fallback = `tag:news.example.org,2018:article/${article.id}`;
  return {
    ...story,
    id: format === "atom" && story.id === fallback ? article.guid : story.id,
    published: Math.trunc(story.published / 1000),
    media: story.media.map((medium) => ({
      ...medium,
      width: medium.width || undefined,
      height: medium.height || undefined,
      bytes: medium.bytes || undefined,
    })),
    enclosure: story.enclosure && { ...story.enclosure, bytes: story.enclosure.bytes || undefined },
  };
}

describe("invariant 4: no broken document, ever", () => {
  test.each(FORMAT_NAMES)("when the door has taken any record, it reads back from %s as it is", (format) => {
    fc.assert(
      fc.property(fewArticles, (articles) => {
        const window = windowOf(articles);
        const expected = inWindow(window, articles);
        const stories = READERS[format](render(articles, window)[format]);
        expect(stories.map((story, i) => comparable(format, story, expected[i] as Published))).toEqual(
          expected.map((article) => storyOf(article, format)),
        );
      }),
      { numRuns: 150 },
    );
  });

  test("when feedsmith and rss-parser read the same document, they find the same headlines, bodies and identifiers", async () => {
    const parser = new Parser();
    await fc.assert(
      fc.asyncProperty(fewArticles, async (articles) => {
        const window = windowOf(articles);
        const documents = render(articles, window);
        const [rss, atom, json] = FORMAT_NAMES.map((format) => Buffer.from(documents[format]).toString()) as [
          string,
          string,
          string,
        ];
        const expected = inWindow(window, articles).map((article) => [
          article.headline,
          partsOf(TEST_SITE, dated(article), article.headline).content ?? "",
          article.guid,
        ]);
        const read = (items: [string | undefined, string | undefined, string | undefined][] = []) =>
          items.map(([headline, body = "", guid]) => [headline, body, guid]);
        const withoutId = (rows: unknown[][]) => rows.map((row) => row.slice(0, 2));
        const rssItems = parseRssFeed(rss).items ?? [];
        expect(read(rssItems.map((item) => [item.title, item.content?.encoded, item.guid?.value]))).toEqual(
          expected,
        );
        const entries = parseAtomFeed(atom).entries ?? [];
        expect(
          withoutId(read(entries.map((item) => [item.title?.value, item.content?.value, item.id]))),
        ).toEqual(withoutId(expected));
        const items = parseJsonFeed(json).items ?? [];
        expect(read(items.map((item) => [item.title, item.content_html, item.id]))).toEqual(expected);
        const feed = await parser.parseString(rss);
        expect(read(feed.items.map((item) => [item.title, item["content:encoded"], item.guid]))).toEqual(
          expected,
        );
      }),
      { numRuns: 100 },
    );
  });

  test("when somebody has written a record by hand, it breaks no document, whatever text is in it", () => {
    const some = hostileText().map((text) => `${text}.`);
    const byHand = fc.record({ headline: some, summary: some, body: some, guid: some });
    fc.assert(
      fc.property(byHand, hostileText(), (texts, label) => {
        const article = published({
          ...texts,
          section: label,
          tags: [
            { name: label, code: label },
            { name: label, type: label as "person", url: "https://x.org/<" },
          ],
          authors: [{ name: label }],
          media: [{ url: "https://news.example.org/a.jpg", type: label, caption: label }],
          language: label,
          related: [{ url: "https://news.example.org/b?x=1&y=<", title: label }],
          rights: { notice: label },
          change: { kind: "correction", note: label },
          dateline: label,
          genre: [label],
          keywords: [label],
          corrections: [{ kind: "correction", note: label, at: label }],
        });
        const documents = render([article]);
        const told = {
          headline: cleanText(texts.headline),
          body: expect.stringContaining(withDateline(cleanText(texts.body), cleanText(label)) ?? ""),
        };
        for (const format of FORMAT_NAMES) expect(READERS[format](documents[format])).toMatchObject([told]);
      }),
      { numRuns: 300 },
    );
  });

  test("when a feed's own names are hostile, its documents are well-formed too", () => {
    fc.assert(
      fc.property(hostileText(), hostileText(), (title, label) => {
        const site = {
          ...TEST_SITE,
          title,
          description: title,
          copyright: title,
          publisher: { name: title },
        };
        const feed = {
          name: "section/北朝鮮",
          title: `{value} ${title}`,
          size: 50,
          order: "published" as const,
        };
        const article = published({ section: `${label}x` });
        const window = windowOf([article], { ...feed, name: `section/x` }, site);
        const documents = byFormat(createRenderer(site).render(feed, window, byId([article])));
        for (const format of FORMAT_NAMES) READERS[format](documents[format]);
      }),
      { numRuns: 200 },
    );
  });
});

describe("invariant 3: same records, same bytes", () => {
  const sameBytes = (a: Record<FormatName, Uint8Array>, b: Record<FormatName, Uint8Array>) =>
    FORMAT_NAMES.every((format) => Buffer.compare(a[format], b[format]) === 0);

  test("when the renderer's memo is cold, warm, or holds half of the entries, and from one that holds half of it", () => {
    fc.assert(
      fc.property(acceptedArticles(5), fc.nat(), (articles, some) => {
        const cold = render(articles);
        const renderer = createRenderer(TEST_SITE);
        const half = articles.slice(0, some % (articles.length + 1));
        render(half, windowOf(half), renderer);
        const left = new Set(renderer.missing(windowOf(articles).entries.items).map(({ id }) => id));
        expect(left.size).toBe(articles.length - half.length);
        const missing = articles.filter(({ id }) => left.has(id));
        const warm = byFormat(renderer.render(ALL_FEED, windowOf(articles), byId(missing)));
        const hot = byFormat(renderer.render(ALL_FEED, windowOf(articles), new Map()));
        return sameBytes(cold, warm) && sameBytes(cold, hot);
      }),
      { numRuns: 100 },
    );
  });

  test("when records come in any order, and the memo holds nothing", () => {
    fc.assert(
      fc.property(acceptedArticles(5), (articles) => {
        const forgetful = createRenderer(TEST_SITE, { memoBytes: 1 });
        return sameBytes(
          render(articles),
          render(articles.toReversed(), windowOf(articles.toReversed()), forgetful),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe("invariant 7: withdrawn means gone", () => {
  test("when media is not to be syndicated, it is in no document", () => {
    fc.assert(
      fc.property(fewArticles, (articles) => {
        const secret = {
          url: "https://secret.example/x.jpg",
          type: "image/jpeg",
          caption: "secret",
          syndicate: false,
        };
        const marked = articles.map((article) => ({ ...article, media: [secret, ...(article.media ?? [])] }));
        const documents = render(marked);
        for (const format of FORMAT_NAMES) {
          expect(Buffer.from(documents[format]).toString()).not.toContain("secret");
        }
      }),
      { numRuns: 50 },
    );
  });
});
