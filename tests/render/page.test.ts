import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { current, generated } from "../../scripts/page-assets.ts";
import type { Published } from "../../src/core/article.ts";
import type { SiteConfig } from "../../src/core/site.ts";
import { accentColours } from "../../src/render/page/colour.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, byId, published, windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";
import { htmlProblems } from "../support/html.ts";
import { testSite } from "../support/site.ts";

const ORIGIN = "https://wire.example.org";

function pageOf(articles: Published[], fields: Partial<SiteConfig> = {}): string {
  const renderer = createRenderer(testSite(fields, ORIGIN));
  const rendered = renderer.render(ALL_FEED, windowOf(articles), byId(articles));
  return Buffer.from(byFormat(rendered).page).toString();
}

const DATA = /<script type="application\/ld\+json">(.*?)<\/script>/gs;
const dataIn = (page: string) => [...page.matchAll(DATA)].map(([, json = ""]) => JSON.parse(json));

test("when pages load files, these are those of src/browser/; if not, `npm run page-assets` writes them", () => {
  expect(current()).toBe(generated());
});

test("when one process renders the pages of several feeds in turn, each page ends with the addresses of its own feed", () => {
  const renderer = createRenderer(testSite({}, ORIGIN));
  const feeds = [
    { ...ALL_FEED, name: "first" },
    { ...ALL_FEED, name: "second" },
    { ...ALL_FEED, name: "second", formats: ["rss", "page"] as const },
    { ...ALL_FEED, name: "first", ofBreaking: true as const },
  ];
  const ends = [...feeds, ...feeds].map((feed) => {
    const { page } = byFormat(
      renderer.render(feed, windowOf([published({ id: "a" })]), byId([published({ id: "a" })])),
    );
    return Buffer.from(page).toString().split('<aside class="follow"')[1] ?? "";
  });
  expect(ends.slice(feeds.length)).toEqual(ends.slice(0, feeds.length));
  const [first = "", second = "", short = "", urgent = ""] = ends;
  expect(
    first.replaceAll("feeds/first/", "feeds/second/").replaceAll("feeds%2Ffirst", "feeds%2Fsecond"),
  ).toBe(second);
  expect([first, second, short].map((end) => end.includes("/atom.xml"))).toEqual([true, true, false]);
  expect(urgent).not.toBe(first);
});

test("when a page is rendered, it is valid HTML, and what it tells machines can be read", async () => {
  const page = pageOf([
    published({ id: "a", change: { kind: "correction", note: "It was <b>Tuesday</b>." } }),
    published({ id: "b", breaking: { level: "flash" }, language: "ar", headline: "خبر" }),
  ]);
  expect(await htmlProblems(page)).toEqual([]);
  const [site, ...stories] = dataIn(page);
  expect(site).toMatchObject({ "@type": "WebSite", url: `${ORIGIN}/` });
  const corrections = stories.flatMap(({ correction = [] }) => correction);
  expect(corrections).toMatchObject([{ "@type": "CorrectionComment", text: "It was <b>Tuesday</b>." }]);
});

test("when a record holds markup, no page has it", () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
  const page = pageOf([
    published({ id: "evil", headline: evil, summary: evil, section: evil, authors: [{ name: evil }] }),
  ]);
  expect(page).not.toMatch(/<script>|<img src=x/);
  expect(dataIn(page)[1]).toMatchObject({ headline: evil, description: evil });
});

test("when somebody edits the level of breaking news in a record by hand, it is no markup either", () => {
  const level = '"><img src=x>' as never;
  expect(pageOf([published({ id: "a", breaking: { level } })])).not.toContain("<img src=x");
});

test.each(["javascript:alert(1)", "\tJava\nScript:alert(1)", "data:text/html,<script>"])(
  "when somebody edits the address %j into a record by hand, no document leads to it",
  (url) => {
    const articles = [published({ id: "a", url }), published({ id: "b" })];
    const renderer = createRenderer(testSite({}, ORIGIN));
    for (const { body } of renderer.render(ALL_FEED, windowOf(articles), byId(articles))) {
      expect(Buffer.from(body).toString()).not.toMatch(/javascript:|data:text/i);
      expect(Buffer.from(body).toString()).toContain("https://news.example.org/b.html");
    }
  },
);

test("when a feed has its page alone, the page offers nothing to subscribe to", () => {
  const renderer = createRenderer(testSite({}, ORIGIN));
  const [document] = renderer.render({ ...ALL_FEED, formats: ["page"] }, windowOf([]), new Map());
  const page = Buffer.from(document?.body ?? []).toString();
  expect(page).toContain("</html>");
  expect(page).not.toContain("#follow");
});

test("when the logo and the icon of the site are not encrypted, the page has the name and the wire's own icon", () => {
  const page = pageOf([], { logo: "http://p.example/logo.png", icon: "http://p.example/icon.png" });
  expect(page).not.toContain("http://p.example/");
  expect(page).toMatch(/<link rel="icon" href="\/assets\/\w+\.svg">/);
});

describe("when a story has a picture", () => {
  const file = (width: number, more = {}) => ({
    ...{ url: `https://p.example/${width}.jpg`, type: "image/jpeg", width, height: (width * 2) / 3 },
    ...more,
  });
  const of = (media: NonNullable<Published["media"]>) =>
    /<figure>.*<\/figure>/s.exec(pageOf([published({ id: "a", media })]))?.[0];

  test("the page has its sizes, none of which is a crop of another shape", () => {
    const renditions = [
      file(320),
      file(800),
      file(300, { url: "https://p.example/square.jpg", height: 300 }),
    ];
    const figure = of([file(1600, { renditions, alt: "A bridge" })]);
    expect(figure).toContain('src="https://p.example/800.jpg"');
    expect(figure).toContain(
      'srcset="https://p.example/320.jpg 320w, https://p.example/800.jpg 800w, https://p.example/1600.jpg 1600w"',
    );
    expect(figure).not.toContain("square");
  });

  test("the page shows none that others may not show, nor one that is not encrypted", () => {
    expect(of([file(800, { syndicate: false })])).toBeUndefined();
    expect(of([file(800, { url: "http://p.example/a.jpg" })])).toBeUndefined();
  });
});

test("when a page has fifty stories without pictures, they take 40 KB on the way at most", () => {
  const articles = Array.from({ length: 50 }, (_, i) =>
    published({
      id: `story-${i}`,
      headline: `Headline ${i} of ${(i * 7919) % 1000} things that happened in the town of ${(i * 104_729) % 997}`,
      summary: Array.from({ length: 30 }, (_, j) => `word${((i + 1) * (j + 3) * 7_919) % 4_000}`).join(" "),
      authors: [{ name: `Author ${i}` }],
    }),
  );
  const page = pageOf(articles);
  expect(gzipSync(page).byteLength).toBeLessThan(40_960);
  expect(brotliCompressSync(page).byteLength).toBeLessThan(40_960);
});

test("when the site file says how pages look, they look so", () => {
  const look = {
    name: "The Times & Co",
    accent: "#fc0",
    links: [{ label: "About", url: "https://news.example.org/about" }],
    imprint: "Published by Example Ltd.",
  };
  const page = pageOf([], { look });
  for (const part of [
    "The Times &amp; Co",
    '<a href="https://news.example.org/about"><bdi>About</bdi></a>',
    "Published by Example Ltd.",
  ])
    expect(page).toContain(part);
  const styles = createRenderer(testSite({ look }, ORIGIN)).assets[0];
  expect(Buffer.from(styles?.body ?? []).toString()).toContain("--accent:#ffcc00;--on-accent:#000");
  const themed = createRenderer(
    testSite({ look: { theme: { css: "h1{color:red}", replaces: true } } }, ORIGIN),
  ).assets[0];
  expect(Buffer.from(themed?.body ?? []).toString()).toMatch(/^:root\{[^}]*\}.*h1\{color:red\}\n$/s);
});

test.each(["#000", "#fff", "#b3202c", "#ffcc00", "#0b5fff", "#777777"])(
  "when the accent is %s, all text can be read",
  (accent) => {
    for (const [colours, ground] of [
      [accentColours(accent).day, "#f5f5f3"],
      [accentColours(accent).night, "#1d1f22"],
    ] as const) {
      const {
        accent: below = "",
        on = "",
        text = "",
      } = /--accent:(?<accent>#\w+);--on-accent:(?<on>#\w+);--accent-text:(?<text>#\w+)/.exec(colours)
        ?.groups ?? {};
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(on, below)).toBeGreaterThanOrEqual(4.4);
    }
  },
);

/** By the definition of WCAG 2.2, written a second time. */
function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const full = hex.length === 4 ? hex.replace(/\w/g, "$&$&") : hex;
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, bright = 0] = [light(a), light(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

test("when the site file speaks another language than the page, its text keeps its own direction in it", () => {
  const text = "© 2026 The Times. (All rights reserved!)";
  const look = {
    name: "The Times!",
    imprint: text,
    links: [{ label: "Us!", url: "https://news.example.org/" }],
  };
  const page = pageOf([], { language: "ar", copyright: text, look });
  const shown = page.slice(page.indexOf("<body>"));
  for (const part of ["The Times!", text, "Us!"]) {
    expect(shown.split(part).length - 1).toBeGreaterThan(0);
    expect(shown.split(`<bdi>${part}</bdi>`)).toHaveLength(shown.split(part).length);
  }
});
