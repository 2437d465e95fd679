import type { ArticleInput } from "../src/core/article.ts";

const WORDS =
  "council harbour minister budget storm final verdict strike launch border festival market".split(" ");

/** The n-th article of a made-up agency: ten sections, two of sixty tags, one in fifty breaking. */
export function benchArticle(n: number, bodyBytes: number): ArticleInput & { id: string } {
  const word = (i: number) => WORDS[(n * 7 + i * 3) % WORDS.length];
  const sentence = `The ${word(1)} of the ${word(2)} has changed the ${word(3)}, said the ${word(4)}. `;
  return {
    id: `story-${n}`,
    url: `https://news.example.org/a/${n}`,
    headline: `${word(1)} and ${word(2)}: report ${n}`,
    summary: sentence,
    body: `<p>${sentence.repeat(Math.ceil(bodyBytes / sentence.length))}</p>`,
    section: `Section ${n % 10}`,
    tags: [`Tag ${n % 60}`, `Tag ${(n * 13 + 1) % 60}`],
    authors: [{ name: "Ada Quill" }],
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    ...(n % 50 === 0 ? { breaking: true } : {}),
  };
}
