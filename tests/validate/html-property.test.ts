import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText } from "../../src/core/text.ts";
import { type Body, readBody } from "../../src/validate/html.ts";
import { ALLOWED_ELEMENTS, RAW_TEXT, REMOVED_WITH_CONTENT } from "../../src/validate/html-allowlist.ts";
import { forbidden } from "./html-forbidden.ts";
import { hostileText } from "./support.ts";

const BASE = "https://news.example.org/2026/story.html";
const read = (html: string) => readBody(html, BASE);

const EMBEDS = ["iframe", "video", "audio", "object", "embed", "amp-video", "amp-youtube", "lite-youtube"];
const OTHERS = [
  "amp-img",
  "noscript",
  "section",
  "font",
  "form",
  "m:math",
  "mml:mi",
  "track",
  "param",
  "mglyph",
];

const tags = fc.constantFrom(
  ...[...Object.keys(ALLOWED_ELEMENTS), ...RAW_TEXT, ...REMOVED_WITH_CONTENT, ...OTHERS],
  // Those that this reader treats by themselves come more often.
  ...["a", "figure", "figcaption", "picture", "source", "img", "p", "noscript", "math", "mtext"],
  ...[...EMBEDS, ...EMBEDS],
);

const addresses = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("a.jpg", "/v.mp4", "//cdn.example.org/b.png", "https://x.org/e?a=1&b=2"),
  },
  fc.constantFrom(
    "a.jpg 1x, /b.jpg 2x",
    "blank.gif",
    "data:image/gif;base64,R0lGOD",
    "javascript:alert(1)",
    "",
  ),
  hostileText,
);

const attributes = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        "src",
        "srcset",
        "href",
        "cite",
        "poster",
        "data",
        "data-src",
        "data-srcset",
        "data-videoid",
      ),
      fc.constantFrom(
        "data-original",
        "data-lazy-src",
        "videoid",
        "value",
        "title",
        "alt",
        "type",
        "rel",
        "width",
      ),
    ),
    addresses,
  )
  .map(([name, value]) => `${name}="${value.replaceAll('"', "&quot;")}"`);

const flags = fc.constantFrom(
  ...["hidden", 'style="display:none"', 'aria-hidden="true"', 'width="1" height="1"', 'name="movie"'],
  ...["onerror=alert(1)", 'class="lazy"', 'rel="sponsored x ugc"', 'style="color:red"'],
);

const startTag = fc
  .tuple(
    tags,
    fc.array(fc.oneof({ weight: 4, arbitrary: attributes }, flags), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([tag, list, isEmpty]) => `<${[tag, ...list].join(" ")}${isEmpty && tag !== "script" ? " /" : ""}>`);

/** What newsrooms send, whole. */
const sensible = fc.oneof(
  fc
    .tuple(fc.constantFrom("img", "amp-img"), attributes, attributes)
    .map(([tag, a, b]) => `<${tag} src="i.jpg" ${a} ${b}></${tag}>`),
  attributes.map((attribute) => `<iframe src="/e" ${attribute}></iframe>`),
  attributes.map(
    (attribute) => `<video ${attribute}><source src="v.mp4" type="video/mp4"><a href="v.mp4">v</a></video>`,
  ),
  attributes.map((attribute) => `<picture><source ${attribute}><img ${attribute}></picture>`),
  attributes.map((attribute) => `<img ${attribute}><noscript><img src="a.jpg"></noscript>`),
  fc.constantFrom(
    "<math><mi>x</mi></math>",
    '<a href="/x">x</a>',
    "<td>x</td>",
    "<figcaption>c</figcaption>",
    "<p>x</p>",
  ),
);

const piece = fc.oneof(
  sensible,
  startTag,
  startTag,
  tags.map((tag) => `</${tag}>`),
  fc.constantFrom("word", " ", "\n", "&nbsp;", "&lt;script&gt;", "&#x338;", "<!-- x -->", "<![CDATA[x]]>"),
  hostileText,
);

/** Elements in each other, each with its end. */
const inner = fc.constantFrom(
  ...["a", "p", "div", "span", "figure", "figcaption", "picture", "noscript", "li", "ol", "td", "table", "b"],
  ...["math", "mrow", "mtext", "object", "video", "iframe", "amp-video", "amp-img", "section", "blockquote"],
);

const nested: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    piece,
    fc
      .tuple(inner, fc.array(attributes, { maxLength: 3 }), fc.array(tie("node"), { maxLength: 4 }))
      .map(([tag, list, inner]) => `<${[tag, ...list].join(" ")}>${inner.join("")}</${tag}>`),
  ),
})).node;

const bodies = fc
  .oneof(fc.array(piece, { maxLength: 25 }), fc.array(nested, { maxLength: 5 }))
  .map((pieces) => pieces.join(""))
  // Some are cut anywhere.
  .chain((html) =>
    fc.oneof(
      fc.constant(html),
      fc.nat(html.length).map((length) => html.slice(0, length)),
    ),
  );

const NOTHING: Omit<Body, "html"> = { embeds: [], media: [], warnings: [] };

describe("when anything comes", () => {
  test("an embed as deep as may be gives a body that can be read again", () => {
    const depths = Array.from({ length: 12 }, (_, i) => 248 + i);
    const results = depths.map((depth) => {
      const html = `${"<div>".repeat(depth)}x<video src="/v.mp4" poster="/p.jpg"></video>`;
      try {
        return read(read(html).html).warnings.length;
      } catch (error) {
        return String(error);
      }
    });
    const tooDeep = "FlashwireError: must not nest elements deeper than 256";
    expect(results).toEqual(depths.map((depth) => (depth <= 252 ? 0 : tooDeep)));
  });

  test("a body that was read holds nothing but the allow-list, and reading it again finds nothing", () => {
    fc.assert(
      fc.property(bodies, (html) => {
        const once = read(html);
        expect(forbidden(once.html)).toEqual([]);
        expect(cleanText(once.html)).toBe(once.html);
        expect(read(once.html)).toEqual({ html: once.html, ...NOTHING });
      }),
      { numRuns: 3_000 },
    );
  });

  test("the addresses of embeds, their pictures and files are of http or https", () => {
    fc.assert(
      fc.property(bodies, (html) => {
        const { embeds, media } = read(html);
        const all = [
          ...embeds.flatMap(({ url, poster = url }) => [url, poster]),
          ...media.map(({ url }) => url),
        ];
        expect(all.filter((address) => !/^https?:\/\//.test(address))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
