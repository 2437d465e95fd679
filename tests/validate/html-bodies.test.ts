import { describe, expect, test } from "vitest";
import { MAX_MEDIA } from "../../src/core/limits.ts";
import { readBody } from "../../src/validate/html.ts";

const SITE = "https://news.example.org";
const read = (html: string) => readBody(html, `${SITE}/2026/story.html`);
const warningsOf = (html: string) => read(html).warnings.map(({ detail }) => detail);

/** Everything that a body becomes; `expected` alone is its HTML. */
type Row = [what: string, sent: string, html: string, ...warnings: string[]];

const LINKED = "1 embed was replaced by its link";
const ONLY = "has nothing but an embed: its link stands for it";
const FOUND = "1 picture was found behind a placeholder";

function rows(table: Row[]): void {
  test.each(table)("when it gets %s", (_, sent, html, ...warnings) => {
    const body = read(sent);
    expect(body.html).toBe(html);
    expect(body.warnings).toEqual(warnings.map((detail) => ({ pointer: "#/body", detail })));
    expect(read(body.html)).toEqual({ html, embeds: [], media: [], warnings: [] });
  });
}

describe("an embed becomes a link", () => {
  rows([
    [
      "a frame in a figure: the caption stays",
      '<figure><iframe src="https://video.example/embed/1" title="Clip"></iframe><figcaption>The clip</figcaption></figure>',
      '<figure><a href="https://video.example/embed/1">Clip</a><figcaption>The clip</figcaption></figure>',
      LINKED,
    ],
    [
      "a frame alone in a paragraph: the figure takes its place",
      '<p>a</p><p><iframe src="//www.youtube.com/embed/x"></iframe></p>',
      '<p>a</p><figure><a href="https://www.youtube.com/embed/x">YouTube</a></figure>',
      LINKED,
    ],
    [
      "a frame among words: the link stands in the line",
      '<p>Watch<iframe src="/e/1" aria-label="the clip"></iframe>now</p>',
      `<p>Watch <a href="${SITE}/e/1">the clip</a> now</p>`,
      LINKED,
    ],
    [
      "a frame that is loaded late, in the boxes of WordPress",
      '<figure class="wp-block-embed"><div><iframe src="about:blank" data-src="https://maps.example/m"></iframe></div><figcaption>Map</figcaption></figure>',
      '<figure><a href="https://maps.example/m">maps.example/m</a><figcaption>Map</figcaption></figure>',
      LINKED,
    ],
    [
      "a video with its picture and a link of its own",
      '<video poster="p.jpg"><source src="v.mp4"><a href="v.mp4">Download</a></video>',
      `<figure><a href="${SITE}/2026/v.mp4"><img src="${SITE}/2026/p.jpg" alt="" /> Download</a></figure>`,
      LINKED,
      ONLY,
    ],
    [
      "an audio with subtitles",
      '<p>a</p><audio src="/a.mp3" title="Listen"><track src="a.vtt">No player</audio>',
      `<p>a</p><figure><a href="${SITE}/a.mp3">Listen</a></figure>`,
      "1 subtitle track was left out",
      LINKED,
    ],
    [
      "a video that only a script can play: its picture",
      '<p>a</p><video poster="/p.jpg" src="blob:https://news.example.org/1" title="Vote"></video>',
      `<p>a</p><figure><img src="${SITE}/p.jpg" alt="Vote" /></figure>`,
      LINKED,
    ],
    [
      "an object with a link: that link",
      '<object data="r.pdf"><a href="r.pdf">report</a></object>',
      `<a href="${SITE}/2026/r.pdf">report</a>`,
      LINKED,
    ],
    [
      "an object with a link to something else: both",
      '<object data="/r.pdf"><p>Get <a href="https://x.org/">a reader</a></p></object>',
      `<figure><a href="${SITE}/r.pdf">news.example.org/r.pdf</a></figure><p>Get <a href="https://x.org/">a reader</a></p>`,
      LINKED,
    ],
    [
      "an object around another embed, once",
      '<object><param name="movie" value="/m.swf"><embed src="/m.swf" title="M"></object>',
      `<figure><a href="${SITE}/m.swf">M</a></figure>`,
      LINKED,
      ONLY,
    ],
    [
      "an embed of AMP that names what it shows, with its picture",
      '<p>a</p><amp-youtube data-videoid="a b"><amp-img placeholder src="/p.jpg"></amp-img></amp-youtube>',
      `<p>a</p><figure><a href="https://www.youtube.com/watch?v=a%20b"><img src="${SITE}/p.jpg" alt="" /> YouTube</a></figure>`,
      LINKED,
    ],
    [
      "an embed in a link, which it leaves",
      '<p><a href="/s">see <iframe src="/f" title="F"></iframe>it</a></p>',
      `<p><a href="${SITE}/s">see it</a> <a href="${SITE}/f">F</a></p>`,
      LINKED,
    ],
    [
      "a frame without its end: the rest of the story stays",
      '<p>a</p><iframe src="/f"><p>b</p>',
      `<p>a</p><figure><a href="${SITE}/f">news.example.org/f</a></figure><p>b</p>`,
      LINKED,
    ],
    [
      "a frame without an address",
      '<p>a</p><iframe srcdoc="b">c</iframe><iframe src="javascript:alert(1)"></iframe>',
      "<p>a</p>",
      "2 embeds without a usable address were left out",
    ],
    [
      "a frame of one pixel, which counts visits",
      '<p>a</p><iframe src="https://ads.example/" width="1" height="1"></iframe>',
      "<p>a</p>",
      "1 hidden element was left out",
    ],
  ]);

  test("when it is read, the record knows address, provider, title, picture and files", () => {
    const { embeds, media } = read(
      '<iframe src="https://www.youtube-nocookie.com/embed/1" title="Clip &amp; more"></iframe>' +
        '<iframe src="https://video.example:8443/e"></iframe>' +
        '<video poster="p.jpg"><source src="v.mp4" type="VIDEO/MP4; codecs=x"><source src="/v.webm"></video>',
    );
    expect(embeds).toEqual([
      { url: "https://www.youtube-nocookie.com/embed/1", provider: "YouTube", title: "Clip & more" },
      { url: "https://video.example:8443/e", provider: "video.example" },
      { url: `${SITE}/2026/v.mp4`, provider: "news.example.org", poster: `${SITE}/2026/p.jpg` },
    ]);
    expect(media).toEqual([{ url: `${SITE}/2026/v.mp4`, type: "video/mp4" }, { url: `${SITE}/v.webm` }]);
  });

  test("when one stands there twice, the record knows it once", () => {
    expect(
      read('<iframe src="/a"></iframe><iframe src="/b"></iframe><iframe src="/a"></iframe>').embeds,
    ).toEqual([
      { url: `${SITE}/a`, provider: "news.example.org" },
      { url: `${SITE}/b`, provider: "news.example.org" },
    ]);
  });

  test("when there are more than a record may have, the first are kept", () => {
    const html = Array.from({ length: MAX_MEDIA + 2 }, (_, i) => `<video src="/${i}"></video>`).join("");
    const { embeds, media, warnings } = read(html);
    expect([embeds.length, media.length, embeds[0]?.url]).toEqual([MAX_MEDIA, MAX_MEDIA, `${SITE}/0`]);
    expect(warnings.map(({ detail }) => detail)).toEqual([
      "130 embeds were replaced by their links",
      ONLY,
      "has more than 128 embeds: the first are kept",
      "has more than 128 files of players: the first are kept",
    ]);
  });

  test("when it is hidden, nobody knows it", () => {
    expect(read('<div hidden><p><iframe src="/a"></iframe></p></div>').embeds).toEqual([]);
  });
});

describe("a picture is found", () => {
  const IMAGE = `<img src="${SITE}/real.jpg" alt="A" />`;
  rows([
    [
      "behind data: and data-src",
      '<img src="data:image/gif;base64,R0lGOD" data-src="/real.jpg" data-srcset="/real-2.jpg 2x" alt="A">',
      `<img src="${SITE}/real.jpg" alt="A" srcset="${SITE}/real-2.jpg 2x" />`,
      FOUND,
    ],
    ["behind a small one", '<img src="tiny.jpg" data-lazy-src="/real.jpg" alt="A">', IMAGE, FOUND],
    [
      "where it has no address itself",
      '<img data-original="/real.jpg" alt="A">',
      `<img alt="A" src="${SITE}/real.jpg" />`,
      FOUND,
    ],
    [
      "behind one pixel, whose size is not its own",
      '<img src="/1.gif" width="1" height="1" data-src="/real.jpg" alt="A">',
      IMAGE,
      FOUND,
    ],
    [
      "among candidates",
      '<img src="/blank.gif" srcset="/s.jpg 300w, /real.jpg 900w, /m.jpg 600w" alt="A">',
      `<img src="${SITE}/real.jpg" srcset="${SITE}/s.jpg 300w, ${SITE}/real.jpg 900w, ${SITE}/m.jpg 600w" alt="A" />`,
      FOUND,
    ],
    [
      "in a noscript, in place of the one that a script would load",
      '<img src="data:image/gif;base64,R0lGOD" data-src="/small.jpg"> <noscript><img src="/real.jpg" alt="A"></noscript>',
      IMAGE,
      FOUND,
    ],
    [
      "in a noscript, where the other has no address at all",
      '<img data-id="7"><noscript><img src="/real.jpg" alt="A"></noscript>',
      IMAGE,
    ],
    [
      "in a noscript, once",
      '<div><img src="/real.jpg" alt="A"></div><noscript><img src="/real.jpg"></noscript>',
      `<div>${IMAGE}</div>`,
    ],
    [
      "in the sources of a picture",
      '<picture><source data-srcset="/a.webp 1x"><source data-srcset="/s.jpg 1x, /real.jpg 2x"><img src="data:x" alt="A"></picture>',
      `<picture><source srcset="${SITE}/a.webp 1x" /><source srcset="${SITE}/s.jpg 1x, ${SITE}/real.jpg 2x" /><img src="${SITE}/real.jpg" alt="A" /></picture>`,
      FOUND,
    ],
    [
      "as AMP writes it, with a fallback in it",
      '<amp-img src="/a.jpg" width="4" height="3"><noscript><img src="/a.jpg"></noscript></amp-img><p>b</p>',
      `<img src="${SITE}/a.jpg" width="4" height="3" /><p>b</p>`,
    ],
    [
      "nowhere: its figure goes with it",
      "<p>a</p><figure><img data-src='{{photo}}'><figcaption>Photo</figcaption></figure>",
      "<p>a</p>",
      "1 picture without a usable address was left out",
      "1 figure without picture was left out",
    ],
    [
      "where data-src is no address",
      '<img src="/real.jpg" data-src="true" data-srcset="javascript:alert(1)" alt="A">',
      IMAGE,
    ],
  ]);
});

describe("hidden content goes", () => {
  const HIDDEN = "1 hidden element was left out";
  rows([
    ["a hidden element", "<p>a</p><p hidden>Paywall</p>", "<p>a</p>", HIDDEN],
    ["a style", '<p>a</p><div aria-hidden="true" style="display:none">x</div>', "<p>a</p>", HIDDEN],
    [
      "another style",
      '<p>a<b style="color:red; VISIBILITY : hidden !important">x</b></p>',
      "<p>a</p>",
      HIDDEN,
    ],
    ["a style that a later one lifts", '<p style="display:none;display:block">a</p>', "<p>a</p>"],
    ["what screen readers alone pass over", '<p aria-hidden="true">a</p>', "<p>a</p>"],
    ["what is hidden until it is found", '<p hidden="until-found">a</p>', "<p>a</p>"],
    [
      "a box that nothing closes: the story stays",
      "<div hidden><p>a</p><p>b</p>",
      "<div><p>a</p><p>b</p></div>",
    ],
    ["a whole page, which its scripts show", '<body style="visibility:hidden"><p>a</p></body>', "<p>a</p>"],
    ["words around it, which stay apart", "a<div hidden>x</div>b", "a\nb", HIDDEN],
  ]);
});

describe("a formula stays", () => {
  const SQUARE = "<math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>";
  rows([
    ["MathML", SQUARE, SQUARE],
    ["MathML with a prefix", "<mml:math><mml:mi>m</mml:mi></mml:math>", "<math><mi>m</mi></math>"],
    [
      "KaTeX, which writes it twice",
      `<span class="katex"><span>${SQUARE}</span><span class="katex-html" aria-hidden="true">mc2</span></span>`,
      `<span><span>${SQUARE}</span></span>`,
      "1 hidden element was left out",
    ],
    [
      "its source in TeX, which goes",
      "<math><semantics><mi>x</mi><annotation>x</annotation></semantics></math>",
      "<math><mi>x</mi></math>",
      "1 annotation of a formula was left out",
    ],
    [
      "HTML in it: its text",
      "<math><mtext><b>a</b><p>b</p></mtext></math>",
      "<math><mtext>ab</mtext></math>",
    ],
    ["parts of it outside of it: their text", "<p><mi>a</mi><mo>+</mo></p>", "<p>a+</p>"],
    [
      "empty parts, which have their place",
      "<math><msub><mrow></mrow><mi>a</mi></msub></math>",
      "<math><msub><mrow></mrow><mi>a</mi></msub></math>",
    ],
    [
      "the classical attack",
      "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
      "",
      "1 style sheet was left out",
      "1 empty element was left out",
    ],
  ]);
});

describe("what the end of a body cuts off is told", () => {
  const TAG = "1 tag without an end was left out, with all behind it";
  const COMMENT = "1 comment without an end was left out, with all behind it";
  rows([
    ["an address whose quote stands open", '<p>a</p><a href="https://x.org>b</a><p>c</p>', "<p>a</p>", TAG],
    ["the same with the other quote", "<p>a</p><img alt='b><p>c</p>", "<p>a</p>", TAG],
    ["a name of a tag", "<p>a</p><p", "<p>a</p>", TAG],
    ["attributes of a tag", "<p>a</p><p class=b c d", "<p>a</p>", TAG],
    ["an end tag", "<p>a</p></ b", "<p>a</p>", TAG],
    ["a script", "<p>a</p><script>b<p>c</p>", "<p>a</p>", "1 script was left out", TAG],
    ["a text field", "<p>a</p><textarea>b<p>c</p>", "<p>a</p>", "1 form field was left out", TAG],
    ["a comment", "<p>a</p><!-- <p>b</p>", "<p>a</p>", COMMENT],
    ["a comment that only a browser sees end", "<p>a</p><!-- b --!><p>c</p>", "<p>a</p>", COMMENT],
    ["a comment of nothing, which costs nothing", "<p>a</p><!-- ", "<p>a</p>"],
    ["a comment that ends with the body", "<p>a</p><!-- b -->", "<p>a</p>"],
    ["a sign that begins no tag", "<p>a</p>1 <", "<p>a</p>1 &lt;"],
    ["a reference", "<p>a</p>&amp", "<p>a</p>&amp;"],
  ]);
});

describe("a CDATA section is HTML", () => {
  const ONE = "1 CDATA section was taken for HTML";
  rows([
    ["the whole body", "<![CDATA[<p>a</p>]]>", "<p>a</p>", ONE],
    ["a part of it", "<p>a</p><![CDATA[<p>b</p>]]><p>c</p>", "<p>a</p><p>b</p><p>c</p>", ONE],
    ["one without an end", "<p>a</p><![CDATA[<p>b</p>", "<p>a</p><p>b</p>", ONE],
    ["a script in it", "<![CDATA[<script>1</script>a]]>", "a", ONE, "1 script was left out"],
    [
      "a tag in two of them",
      "<![CDATA[<scr]]><![CDATA[ipt>1</script>]]>a",
      "a",
      "2 CDATA sections were taken for HTML",
      "1 script was left out",
    ],
    ["one of a script", "<script>//<![CDATA[\n1//]]></script>a", "a", "1 script was left out"],
    ["one of a comment", "<!-- <![CDATA[ a ]]> -->b", "b"],
    ["an end alone", "a]]>b", "a]]&gt;b"],
  ]);
});

describe("links and empty elements", () => {
  rows([
    [
      "a link in a link",
      '<a href="/x">one <a href="/y">two</a></a>',
      `<a href="${SITE}/x">one two</a>`,
      "1 link inside of a link was left out (the text stays)",
    ],
    [
      "links without an address",
      '<p><a>x</a> <a name="y"></a><a href="javascript:alert(1)">z</a></p>',
      "<p>x z</p>",
      "3 links without a usable address were left out (the text stays)",
    ],
    ["empty elements", "<div></div><span> </span>", "", "2 empty elements were left out"],
    [
      "empty paragraphs of editors",
      "<p>a</p><p>&nbsp;</p><p><br></p>",
      "<p>a</p>",
      "2 empty elements were left out",
    ],
    [
      "words around an empty one, which stay apart",
      "<p>a<b> </b>c<i></i>d</p>e<div></div>f",
      "<p>a cd</p>e\nf",
      "3 empty elements were left out",
    ],
    [
      "empty cells, which have their place",
      "<table><tr><td></td><td>a</td></tr></table>",
      "<table><tr><td></td><td>a</td></tr></table>",
    ],
    [
      "an empty table",
      "<p>a</p><table><tr><td> </td></tr></table>",
      "<p>a</p>",
      "1 empty element was left out",
    ],
    ["a numbered item", "<ol><li></li><li>a</li></ol>", "<ol><li></li><li>a</li></ol>"],
    [
      "what a link says about itself",
      '<a rel="sponsored noopener NoFollow sponsored" href="/z">x</a><a rel="noopener" href="/z">y</a>',
      `<a rel="sponsored nofollow" href="${SITE}/z">x</a><a href="${SITE}/z">y</a>`,
    ],
    [
      "a figure with a quotation",
      "<figure><blockquote>a</blockquote><figcaption>b</figcaption></figure>",
      "<figure><blockquote>a</blockquote><figcaption>b</figcaption></figure>",
    ],
    [
      "a figure with a caption alone",
      "<p>a</p><figure><figcaption>b</figcaption></figure>",
      "<p>a</p>",
      "1 figure without picture was left out",
    ],
  ]);

  test("when several kinds go, there is one warning for each with its count", () => {
    expect(
      warningsOf(
        "<script>1</script><p>a<script>2</script></p><style>x</style><svg></svg><p></p><script></script><input><button>b</button>",
      ),
    ).toEqual([
      "3 scripts were left out",
      "1 style sheet was left out",
      "1 drawing (svg or canvas) was left out",
      "1 empty element was left out",
      "2 form fields were left out",
    ]);
  });
});
