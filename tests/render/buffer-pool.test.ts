import { expect, test } from "vitest";
import { spareMemory } from "../../src/render/buffer-pool.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";

test("when memory was given back, it is taken again, by as many bytes as are asked for", () => {
  const spare = spareMemory(1_024);
  const first = spare.take(600);
  spare.give(first);
  const second = spare.take(700);
  expect(second.buffer).toBe(first.buffer);
  expect(second.byteLength).toBe(700);
  expect(spare.take(700).buffer).not.toBe(first.buffer);
});

test("when memory is given back, no more is kept than is allowed", () => {
  const spare = spareMemory(1_500);
  const [a, b] = [spare.take(1_000), spare.take(1_000)];
  spare.give(a);
  spare.give(b);
  expect(spare.take(1_000).buffer).toBe(a.buffer);
  expect(spare.take(1_000).buffer).not.toBe(b.buffer);
});

test("when documents are still in use, they keep their memory", () => {
  const renderer = createRenderer(TEST_SITE);
  const render = (headline: string) => {
    const articles = [published({ id: headline, headline })];
    return renderer.render(ALL_FEED, windowOf(articles), byId(articles));
  };
  const first = render("first");
  const copies = first.map(({ body }) => Buffer.from(body));
  render("other");
  expect(first.every(({ body }, i) => copies[i]?.equals(body))).toBe(true);
  renderer.reuse(first);
  const memory = first.map(({ body }) => body.buffer);
  expect(memory).toContain(render("third")[0]?.body.buffer);
});

test("when a document is empty, it takes no memory", () => {
  expect(spareMemory(10).take(0).byteLength).toBe(0);
});
