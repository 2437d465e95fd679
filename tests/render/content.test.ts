import { describe, expect, test } from "vitest";
import type { Media } from "../../src/core/article.ts";
import { MAX_RENDITIONS } from "../../src/core/limits.ts";
import { contentOf } from "../../src/render/content.ts";
import { published } from "../support/articles.ts";

const AT = "https://img.example.org";
const CAPTION = "The <bridge>.\nAt dawn.";
const CREDIT = "Ben Lens & Co";
const LEAD: Media = {
  url: `${AT}/lead.jpg?w=1600&h=900`,
  type: "image/jpeg",
  role: "lead",
  width: 1600,
  height: 900,
  alt: '"A"',
  caption: CAPTION,
  credit: CREDIT,
};
const LEAD_FIGURE =
  `<figure><img src="${AT}/lead.jpg?w=1600&amp;h=900" alt="&quot;A&quot;" width="1600" height="900"/>` +
  "<figcaption>The &lt;bridge&gt;.<br/>At dawn. (Ben Lens &amp; Co)</figcaption></figure>";
const inline = (name: string): Media => ({ url: `${AT}/${name}.png`, type: "image/png", role: "inline" });
const figure = (name: string) => `<figure><img src="${AT}/${name}.png" alt=""/></figure>`;
const LINE = "<br/><small>The &lt;bridge&gt;.<br/>At dawn. (Ben Lens &amp; Co)</small>";

const content = (body: string | undefined, media: Media[], fields = {}) =>
  contentOf(published({ ...(body === undefined ? {} : { body }), media, ...fields }));

describe("when pictures are in media alone", () => {
  test("the content begins with the lead picture and ends with the others", () => {
    const media = [inline("map"), LEAD, inline("crowd")];
    expect(content("<p>Body</p>", media)).toBe(`${LEAD_FIGURE}<p>Body</p>${figure("map")}${figure("crowd")}`);
  });

  test("the first one leads where the newsroom has not said", () => {
    const { role: _, ...first } = inline("first");
    expect(content("<p>Body</p>", [first, inline("map")])).toBe(
      `${figure("first")}<p>Body</p>${figure("map")}`,
    );
    expect(content("<p>Body</p>", [inline("map")])).toBe(`<p>Body</p>${figure("map")}`);
  });

  test("two sizes of one picture are shown once, as the lead has it", () => {
    const small = { ...inline("x"), url: `${AT}/lead.jpg?w=320` };
    expect(content("<p>Body</p>", [small, LEAD])).toBe(`${LEAD_FIGURE}<p>Body</p>`);
  });

  test("the summary stands where there is no body, as text", () => {
    expect(content(undefined, [LEAD], { summary: "3 < 4\n& more" })).toBe(
      `${LEAD_FIGURE}<p>3 &lt; 4<br/>&amp; more</p>`,
    );
    expect(content(undefined, [LEAD])).toBe(LEAD_FIGURE);
  });

  test("what the newsroom keeps and what no browser shows is not shown", () => {
    const media = [
      { ...LEAD, syndicate: false },
      { url: `${AT}/scan.tif`, type: "image/tiff" },
      { url: `${AT}/talk.mp3`, type: "audio/mpeg" },
    ];
    expect(content("<p>Body</p>", media)).toBe("<p>Body</p>");
    expect(content(undefined, media, { summary: "Summary" })).toBeUndefined();
  });

  test("a credit that the caption has is not repeated, nor are its brackets", () => {
    const below = (caption: string, credit: string) =>
      /<figcaption>(.*)<\/figcaption>/.exec(content("", [{ ...inline("x"), caption, credit }]) ?? "")?.[1];
    expect(below("The bridge. Photo: Ben Lens", "Ben Lens")).toBe("The bridge. Photo: Ben Lens");
    expect(below("The bridge.", "(AP/Ben Lens)")).toBe("The bridge. (AP/Ben Lens)");
    expect(below("", "Ben Lens")).toBe("(Ben Lens)");
  });
});

describe("when a picture of media is in the body", () => {
  const image = `<img src="${AT}/lead.jpg?w=1600&amp;h=900" alt="x" />`;
  const small = `<img src="${AT}/lead.jpg?w=320" alt="x" />`;
  const link = (markup: string) => `<a href="${AT}/lead.jpg?w=1600&amp;h=900">${markup}</a>`;
  const below = "<figcaption>The &lt;bridge&gt;.<br/>At dawn. (Ben Lens &amp; Co)</figcaption>";

  test.each([
    [
      "its figure has no caption: it gets one",
      `<figure>${image}</figure>`,
      `<figure>${image}${below}</figure>`,
    ],
    [
      "its caption is empty: it is filled",
      `<figure>${image}<figcaption></figcaption></figure>`,
      `<figure>${image}${below}</figure>`,
    ],
    [
      "its figure has another caption: that stays, and the credit joins it",
      `<figure>${image}<figcaption>Own <em>words</em></figcaption></figure>`,
      `<figure>${image}<figcaption>Own <em>words</em> (Ben Lens &amp; Co)</figcaption></figure>`,
    ],
    [
      "its caption has the credit: nothing changes",
      `<figure>${image}<figcaption>Own. Photo: <b>Ben</b> Lens &amp; Co</figcaption></figure>`,
      `<figure>${image}<figcaption>Own. Photo: <b>Ben</b> Lens &amp; Co</figcaption></figure>`,
    ],
    ["it stands alone: the words stand after it", `<p>${image}</p>`, `<p>${image}${LINE}</p>`],
    [
      "it stands alone in a link: the words stand after the link",
      `<p><a href="https://news.example.org/">${image}</a> x</p>`,
      `<p><a href="https://news.example.org/">${image}</a>${LINE} x</p>`,
    ],
    [
      "it stands alone, and the body says the words elsewhere: nothing changes",
      `<p>${image}</p><p>The &lt;bridge&gt;. At <em>dawn</em>. (Ben Lens &amp; Co)</p>`,
      `<p>${image}</p><p>The &lt;bridge&gt;. At <em>dawn</em>. (Ben Lens &amp; Co)</p>`,
    ],
    [
      "in another size: it leads to the address of media",
      `<figure>${small}</figure>`,
      `<figure>${link(small)}${below}</figure>`,
    ],
    [
      "in another size, in a link: the link stays",
      `<figure><a href="https://x.example/">${small}</a></figure>`,
      `<figure><a href="https://x.example/">${small}</a>${below}</figure>`,
    ],
    [
      "as one source of a picture element: the whole of it leads there",
      `<figure><picture><source srcset="${AT}/lead.webp 640w" />${small}</picture></figure>`,
      `<figure>${link(`<picture><source srcset="${AT}/lead.webp 640w" />${small}</picture>`)}${below}</figure>`,
    ],
    [
      "in a figure of a figure: the inner one gets the caption",
      `<figure><figure>${image}</figure><figcaption>All</figcaption></figure>`,
      `<figure><figure>${image}${below}</figure><figcaption>All</figcaption></figure>`,
    ],
  ])("%s, and it is not shown a second time", (_, body, expected) => {
    expect(content(body, [LEAD])).toBe(expected);
  });

  test("other pictures of media stand after the body all the same", () => {
    const body = `<figure>${image}<figcaption>${"x (Ben Lens &amp; Co)"}</figcaption></figure>`;
    expect(content(body, [LEAD, inline("map")])).toBe(`${body}${figure("map")}`);
  });
});

test("when there are no pictures in media, the content is the body", () => {
  const body = `<figure><img src="${AT}/a.jpg" alt="x" /></figure>`;
  expect(content(body, [])).toBe(body);
  expect(contentOf(published({ summary: "Summary" }))).toBeUndefined();
});

test("when the body shows a picture ten thousand times, its words stand there once", () => {
  const image = `<p>${"word ".repeat(5)}<img src="${AT}/lead.jpg?w=1600&amp;h=900" alt="x" /></p>`;
  const body = image.repeat(10_000);
  expect(content(body, [LEAD])).toBe(body.replace("</p>", `${LINE}</p>`));
});

test("when the body shows a picture with renditions again and again, they stand there once", () => {
  const renditions = Array.from({ length: MAX_RENDITIONS }, (_, i) => {
    return { url: `${AT}/${i}/${"x".repeat(1_900)}.jpg`, type: "image/jpeg" };
  });
  const media = [{ url: `${AT}/m0.jpg`, type: "image/jpeg", renditions }];
  const body = `<img src="${AT}/m0.jpg" alt="x" />`.repeat(10_000);
  const shown = content(body, media) ?? "";
  for (const { url } of renditions) expect(shown.split(url)).toHaveLength(2);
});

test("when forty thousand elements never end, it takes no time", () => {
  const body = `<figure><a><picture><img src="${AT}/a.jpg" />`.repeat(10_000);
  expect(content(body, [LEAD])).toBe(LEAD_FIGURE + body);
});
