import { expect, test } from "vitest";
import { bytesOf } from "../../src/render/piece.ts";
import { renderArticle } from "../../src/render/rendered-article.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";

const story = (n: number) => published({ id: `story-${n}`, body: `<p>${"word ".repeat(200)}${n}</p>` });

test("when an article is rendered, its entries hold no more memory than their own bytes", () => {
  const rendered = renderArticle(TEST_SITE, story(1));
  const buffers = new Set([...rendered.pieces.values()].map(({ bytes }) => bytes.buffer));
  expect([...buffers].map(({ byteLength }) => byteLength)).toEqual([bytesOf(rendered)]);
});

test("when many articles are shown, the renderer keeps the last ones, and not more bytes than it may", () => {
  const bytes = bytesOf(renderArticle(TEST_SITE, story(100)));
  const renderer = createRenderer(TEST_SITE, { memoBytes: 5 * bytes + 10 });
  const stories = Array.from({ length: 12 }, (_, n) => story(100 + n));
  for (const one of stories) renderer.render(ALL_FEED, windowOf([one]), byId([one]));
  const missing = renderer.missing(windowOf(stories).entries.items).map(({ id }) => id);
  expect(missing.toSorted()).toEqual(stories.slice(0, 7).map(({ id }) => id));
});
