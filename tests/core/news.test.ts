import { expect, test } from "vitest";
import { NEWS } from "../../src/core/limits.ts";
import {
  foldNews,
  largestIn,
  type NewsFound,
  type NewsItem,
  newsUntil,
  noNews,
} from "../../src/core/news.ts";

const NOW = Date.parse("2026-06-03T12:00:00Z");

const item = (n: number, fields: Partial<NewsItem> = {}): NewsItem => ({
  ...{
    id: `story-${n}`,
    order: "a0",
    url: `https://news.example.org/${n}`,
    title: `Story ${n}`,
    language: "en",
  },
  published: new Date(NOW - n * 60_000).toISOString(),
  feeds: { all: "", "section/world": "World" },
  ...fields,
});
const found = (items: NewsItem[]) =>
  new Map(items.map((one): [string, NewsFound] => [one.id, { item: one }]));
const idsOf = ({ items }: { items: NewsItem[] }) => items.map(({ id }) => id);

test("when stories come in any order, the list has the newest first, without those of more than two days", () => {
  const old = item(3, { published: "2026-06-01T11:59:59.000Z" });
  const news = foldNews(noNews(), found([item(2), old, item(1)]), NOW);
  expect(idsOf(news)).toEqual(["story-1", "story-2"]);
  expect(newsUntil(news)).toBe(Date.parse(item(2).published) + 2 * 86_400_000);
});

test("when time goes on, what has become too old leaves, and when nothing does, the list is the same", () => {
  const news = foldNews(noNews(), found([item(1), item(2)]), NOW);
  expect(foldNews(news, new Map(), NOW)).toBe(news);
  expect(idsOf(foldNews(news, new Map(), newsUntil(news) - 1))).toEqual(["story-1", "story-2"]);
  expect(idsOf(foldNews(news, new Map(), newsUntil(news)))).toEqual(["story-1"]);
});

test("when there are more than 1,000 stories, the oldest find no room, and come back no more", () => {
  const all = Array.from({ length: NEWS.stories + 2 }, (_, n) => item(n + 1));
  const news = foldNews(noNews(), found(all), NOW);
  expect(news.items).toHaveLength(NEWS.stories);
  expect(news.floor).toBe(item(NEWS.stories + 1).published);
  const gone = foldNews(news, new Map([["story-1", { killed: "story-1 a1" }]]), NOW);
  expect(idsOf(foldNews(gone, found([item(NEWS.stories + 1)]), NOW))).toEqual(idsOf(gone));
});

test("when a story that is not in the list is killed, the list is another one, and stays so when it is killed again", () => {
  const news = foldNews(noNews(), found([item(1)]), NOW);
  const kill = new Map([["story-9", { killed: "story-9 a1" }]]);
  const killed = foldNews(news, kill, NOW);
  expect(killed).not.toEqual(news);
  expect(foldNews(killed, kill, NOW)).toBe(killed);
  const many = new Map(Array.from({ length: 2 * NEWS.kills }, (_, n) => [`k${n}`, { killed: `k${n} a1` }]));
  expect(foldNews(killed, many, NOW).killed).toHaveLength(NEWS.kills);
});

test("when the largest feeds are asked for, they are those that most stories stand in, as the newest story spells them", () => {
  const items = [
    item(1, { feeds: { "tag/b": "B!" } }),
    item(2, { feeds: { "tag/a": "A", "tag/b": "b" } }),
    item(3, { feeds: { "tag/a": "a", "tag/b": "b" } }),
  ];
  expect(largestIn({ items })).toEqual([
    { name: "tag/b", value: "B!" },
    { name: "tag/a", value: "A" },
  ]);
});
