import { expect, test } from "vitest";
import { readArticle } from "../../src/validate/article.ts";
import { MINIMAL, NOW } from "./support.ts";

const read = (fields: object) => {
  const { article, warnings } = readArticle({ ...MINIMAL, ...fields }, { now: NOW });
  return { article: article as Record<string, unknown>, warnings };
};

const VIDEO = "https://www.youtube.com/embed/a1b2c3";
const FILM = "https://news.example.org/film.mp4";
const BODY = `<p>Look:</p><iframe src="${VIDEO}" title="From above"></iframe><video src="/film.mp4"></video>`;

test("when a body shows other pages, the record knows them, and a warning counts them", () => {
  const { article, warnings } = read({ body: BODY });
  expect(article.embeds).toContainEqual({ url: VIDEO, provider: "YouTube", title: "From above" });
  expect(article.media).toEqual([{ url: FILM, type: "video/mp4" }]);
  expect(warnings).toEqual([{ pointer: "#/body", detail: expect.stringContaining("embeds were replaced") }]);
});

test("when the record is read again, it keeps its embeds and media and warns of nothing", () => {
  const { article } = read({ body: BODY });
  const again = read(article);
  expect(JSON.stringify(again.article)).toBe(JSON.stringify(article));
  expect(again.warnings).toEqual([]);
});

test("when the record names what its body shows, the words of the record hold", () => {
  const embeds = [{ url: VIDEO, title: "The bridge" }];
  const media = [{ url: FILM, type: "video/mp4", width: 640 }];
  const { article } = read({ body: BODY, embeds, media });
  expect(article.media).toEqual(media);
  expect((article.embeds as { url: string }[]).filter(({ url }) => url === VIDEO)).toEqual(embeds);
});

test("when nothing tells the type of a file that a body plays, the file is a link alone", () => {
  const { article } = read({ body: '<p>Live:</p><video src="https://news.example.org/live"></video>' });
  expect(article.media).toBeUndefined();
  expect(article.body).toContain("https://news.example.org/live");
});
