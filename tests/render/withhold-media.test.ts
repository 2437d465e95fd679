import { expect, test } from "vitest";
import type { Media } from "../../src/core/article.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { syndicatedBody } from "../../src/render/withhold-media.ts";
import { ALL_FEED, accepted, byId, published, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat, FORMAT_NAMES } from "../support/documents.ts";

const media: Media[] = [
  { url: "https://img.example.org/kept.jpg", type: "image/jpeg", role: "inline", syndicate: false },
  { url: "https://img.example.org/free.jpg", type: "image/jpeg", role: "inline" },
];
const bodyOf = (body: string, with_ = media) => syndicatedBody(published({ body, media: with_ }));

test.each([
  ["an image", 'a<img src="https://img.example.org/kept.jpg" alt="x" />b', "ab"],
  ["another size of it", 'a<img src="https://img.example.org/kept.jpg?w=640&amp;h=1" />b', "ab"],
  [
    "a candidate",
    'a<img src="https://x.example/y" srcset="https://x.example/y 1x, https://img.example.org/kept.jpg 2x" />b',
    "ab",
  ],
  ["another protocol", 'a<img src="http://img.example.org/kept.jpg" />b', "ab"],
  [
    "another format of it, in one picture",
    'a<picture><source srcset="https://img.example.org/kept.webp" /><img src="https://img.example.org/kept.jpg" /></picture>b',
    "ab",
  ],
  [
    "itself, not the free one in the same figure",
    '<figure><img src="https://img.example.org/free.jpg" /><img src="https://img.example.org/kept.jpg" /><figcaption>c</figcaption></figure>',
    '<figure><img src="https://img.example.org/free.jpg" /><figcaption>c</figcaption></figure>',
  ],
  [
    "a source",
    '<picture><source srcset="https://img.example.org/kept.jpg" /><img src="https://img.example.org/free.jpg" /></picture>',
    "",
  ],
  [
    "its figure, with the caption, and no other",
    '<figure><img src="https://img.example.org/free.jpg" /></figure><figure><img src="https://img.example.org/kept.jpg" /><figcaption>c</figcaption></figure><p>p</p>',
    '<figure><img src="https://img.example.org/free.jpg" /></figure><p>p</p>',
  ],
  [
    "nothing that only begins like it",
    '<img src="https://img.example.org/kept.jpg2" /><a href="https://img.example.org/kept.jpg2">l</a>',
    '<img src="https://img.example.org/kept.jpg2" /><a href="https://img.example.org/kept.jpg2">l</a>',
  ],
  [
    "a link to it, not the words of the link",
    '<p>a <a href="https://img.example.org/kept.jpg">l <b>m</b></a> <a href="https://img.example.org/kept">page</a></p>',
    '<p>a l <b>m</b> <a href="https://img.example.org/kept">page</a></p>',
  ],
  [
    "a small size that leads to it",
    'a<a href="https://img.example.org/kept.jpg"><img src="https://img.example.org/kept-300x200.jpg" /></a>b',
    "ab",
  ],
  [
    "a small size that leads to another page",
    'a<a href="https://x.example/"> <img src="https://img.example.org/kept.jpg" /></a>b',
    "ab",
  ],
  [
    "the picture of an embed, not the embed",
    '<figure><a href="https://video.example/1"><img src="https://img.example.org/kept.jpg" /> A film</a></figure>',
    '<figure><a href="https://video.example/1"> A film</a></figure>',
  ],
])("when others may not show a picture, it goes from the body: %s", (_, body, expected) => {
  expect(bodyOf(body)).toBe(expected);
});

test("when a query says which picture it is, others of the same path stay", () => {
  const hidden: Media[] = [
    { url: "https://img.example.org/image?id=5", type: "image/jpeg", role: "lead", syndicate: false },
  ];
  const image = (query: string) => `<img src="https://img.example.org/image?${query}" />`;
  expect(bodyOf(["id=5", "id=7", "id=5&amp;w=640", "id=55"].map(image).join(""), hidden)).toBe(
    ["id=7", "id=55"].map(image).join(""),
  );
});

test("when an address has an ampersand, it is found as the body writes it", () => {
  const hidden: Media[] = [
    { url: "https://img.example.org/a&b.jpg", type: "image/jpeg", role: "lead", syndicate: false },
  ];
  expect(bodyOf('<img src="https://img.example.org/a&amp;b.jpg" />', hidden)).toBe("");
});

test("when a picture is withheld, no document names it, and an article without it has no empty body", () => {
  const [kept] = media as [Media];
  const sound: Media = { url: "https://img.example.org/free.mp3", type: "audio/mpeg" };
  const article = published({ body: '<img src="https://img.example.org/kept.jpg" />', media: [kept, sound] });
  const documents = byFormat(
    createRenderer(TEST_SITE).render(ALL_FEED, windowOf([article]), byId([article])),
  );
  for (const format of FORMAT_NAMES) {
    const text = Buffer.from(documents[format]).toString();
    expect(text).not.toContain("kept.jpg");
    expect(text).toContain("free.mp3");
    expect(text).not.toContain("content_html");
    expect(text).not.toContain("content:encoded");
  }
});

test("when others may not have sound and film, both go from the body, where a link stands for them", () => {
  const hidden: Media[] = [
    { url: "https://img.example.org/kept.mp3", type: "audio/mpeg", syndicate: false },
    { url: "https://img.example.org/kept.mp4", type: "video/mp4", syndicate: false },
  ];
  const { body = "" } = accepted({
    id: "story",
    url: "https://news.example.org/story",
    headline: "A headline",
    published: "2018-10-07T12:58:00Z",
    body: '<p>p</p><audio src="https://img.example.org/kept.mp3"></audio><video src="https://img.example.org/kept.mp4" poster="https://img.example.org/free.jpg"></video>',
  });
  expect(body).toContain("kept.mp3");
  expect(body).toContain("kept.mp4");
  expect(bodyOf(body, hidden)).toBe("<p>p</p>");
});

test.each(["<figure>", "<a>", '<a href="https://img.example.org/kept.jpg">'])(
  "when many of %s never end, they take no time",
  (tag) => {
    const body = tag.repeat(60_000);
    expect(bodyOf(body)).toBe(body);
  },
);
