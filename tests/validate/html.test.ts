import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText } from "../../src/core/text.ts";
import { cleanHtml, readBody } from "../../src/validate/html.ts";
import { ALLOWED_ELEMENTS } from "../../src/validate/html-allowlist.ts";
import { cpuMilliseconds } from "../support/cpu-time.ts";
import { forbidden } from "./html-forbidden.ts";
import { hostileText } from "./support.ts";

const BASE = "https://news.example.org/2026/story.html";
const clean = (html: string) => cleanHtml(html, BASE);

describe("when readers can show all of a body, it keeps", () => {
  test.each([
    ["words", "<p>a <em>b</em> <strong>c</strong><br />d <q>e</q></p>"],
    ["lists", '<ol start="3" reversed="reversed"><li value="2">a</li></ol><dl><dt>b</dt><dd>c</dd></dl>'],
    [
      "tables",
      '<table><caption>a</caption><tbody><tr><th scope="row">b</th><td colspan="2">c</td></tr></tbody></table>',
    ],
    [
      "figures",
      '<figure><img src="https://x.org/i.jpg" alt="" width="9" /><figcaption>a</figcaption></figure>',
    ],
    ["languages", '<p lang="ar" dir="rtl">خبر</p><ruby>北<rt>běi</rt></ruby><bdi>x</bdi>'],
    ["quotations", '<blockquote cite="https://x.org/a"><p>a</p></blockquote>'],
    ["edits", '<del datetime="2026-11-24">a</del><ins>b</ins> <time datetime="2026-11-24">c</time>'],
    [
      "links",
      '<a href="mailto:a@example.org">a</a><a href="tel:+44123">b</a><a href="https://x.org/?a=1&amp;b=2">c</a>',
    ],
    [
      "pictures",
      '<picture><source srcset="https://x.org/a.webp 100w, https://x.org/b.webp 200w" media="(width)" /><img src="https://x.org/a.jpg" alt="a" /></picture>',
    ],
    ["signs", "<p>a &lt; b &amp;amp; ]]&gt; “é” 😀</p>"],
  ])("%s, as they are", (_, html) => {
    expect(readBody(html, BASE)).toEqual({ html, embeds: [], media: [], warnings: [] });
    expect(forbidden(html)).toEqual([]);
  });
});

describe("when a body is broken, it is mended", () => {
  test.each([
    ["unclosed tags", "<ul><li>a<li>b", "<ul><li>a</li><li>b</li></ul>"],
    ["wrong nesting", "<b><i>a</b>b</i>", "<b><i>a</i></b>b"],
    [
      "layout, so that words do not run together",
      "<section>a</section><aside>b</aside>",
      "<div>a</div><div>b</div>",
    ],
    ["old names", "<strike>a</strike><center>b</center>", "<s>a</s><div>b</div>"],
    ["a dropped tag", '<p class="x" id="y" style="color:red" data-z="1">a<font>b</font></p>', "<p>ab</p>"],
    [
      "relative links",
      '<a href="../a b.html#c">x</a>',
      '<a href="https://news.example.org/a%20b.html#c">x</a>',
    ],
    ["fragments", '<a href="#n1">x</a>', '<a href="https://news.example.org/2026/story.html#n1">x</a>'],
    [
      "links without scheme",
      '<img src="//cdn.example.org/i.jpg">',
      '<img src="https://cdn.example.org/i.jpg" />',
    ],
    [
      "candidates of an image",
      '<img srcset="a.jpg 1x, /b.jpg 2.5x, data:image/png;base64,AA 3x, c.jpg 4q">',
      '<img src="https://news.example.org/b.jpg" srcset="https://news.example.org/2026/a.jpg 1x, https://news.example.org/b.jpg 2.5x" />',
    ],
    [
      "an image in noscript",
      "<noscript><img src=a.jpg></noscript>",
      '<img src="https://news.example.org/2026/a.jpg" />',
    ],
    ["letters that come in parts", "Cafe&#x301; &#0;&#x1F;&#xD800;&#xFFFE;\ud800|", "Café \ufffd\ufffd|"],
    ["carriage returns", "<p>a\r\nb\rc&#13;d</p>", "<p>a\nb\nc\nd</p>"],
    [
      "candidates without an address",
      '<img srcset=", ,,,," alt="a"><img srcset=",,b.jpg 2x,, ,">',
      '<img src="https://news.example.org/2026/b.jpg" srcset="https://news.example.org/2026/b.jpg 2x" />',
    ],
    [
      "an image without an address, which is none of the page itself",
      '<img src="" alt="a"><img src=" " alt="b">c',
      "c",
    ],
    [
      "more combining marks than any script has",
      `a${"&#x301;&#x323;".repeat(30_000)}b`,
      `\u1ea1${"\u0323".repeat(14)}${"\u0301".repeat(15)}b`,
    ],
    [
      "the same in an attribute",
      `<p title="a${"&#x301;&#x323;".repeat(30_000)}">b</p>`,
      `<p title="\u1ea1${"\u0323".repeat(14)}${"\u0301".repeat(15)}">b</p>`,
    ],
    ["a solidus that NFC would join to the tag", "<p>\u0338\u0338a</p>", "<p>&#x338;&#x338;a</p>"],
    ["comments, instructions", "a<!-- b --><?php d ?>e", "ae"],
  ])("%s", (_, html, expected) => {
    expect(clean(html)).toBe(expected);
  });
});

describe("when readers cannot show an element, it is left out, and the rest of the story stays", () => {
  const FORMS = ["button", "datalist", "select"];
  const ELEMENTS = [...FORMS, "applet", "canvas", "noembed", "noframes", "svg", "template"];
  const RAW = ["script", "style", "textarea", "title", "xmp"];

  test.each([...ELEMENTS, ...RAW])("empty as XHTML writes it: <%s/>", (element) => {
    expect(clean(`<p>a</p><${element} src="x" /><p>b</p>`)).toBe("<p>a</p><p>b</p>");
    expect(clean(`<p>a<${element}/>b</p>c`)).toBe("<p>ab</p>c");
  });

  test.each([...ELEMENTS, ...RAW])("with its content, where it ends: <%s>", (element) => {
    expect(clean(`a<${element} src=x>no <b>player</b></${element}>b`)).toBe("ab");
    expect(clean(`<p>a</p><${element}><${element}>x</${element}></${element}><p>b</p>`)).toBe(
      "<p>a</p><p>b</p>",
    );
  });

  test.each(ELEMENTS)("alone, where its end is missing: <%s>", (element) => {
    expect(clean(`<p>a</p><${element} src="x"><p>b <a href="/c">c</a></p>`)).toBe(
      '<p>a</p><p>b <a href="https://news.example.org/c">c</a></p>',
    );
    expect(clean(`<p>a<${element}>b</p><p>c</p>`)).toBe("<p>ab</p><p>c</p>");
  });

  test.each([
    ["a choice with its options", "a<select><option>x<option>y</select>b", "ab"],
    ["a drawing with its words", "a<svg><title>x</title><text>y</text><path d=M0 /></svg>b", "ab"],
    ["links of an image, but not its caption", '<map name="m"><area href="x"><p>a</p></map>', "<p>a</p>"],
    ["script without an end, which no browser shows", "a<script>b<p>c</p>", "a"],
  ])("%s", (_, html, expected) => {
    expect(clean(html)).toBe(expected);
  });

  test.each([
    ["a<p/>b", "a\nb"],
    ["<b/>a", "a"],
    ["<a href=x/>a</a>", '<a href="https://news.example.org/2026/x/">a</a>'],
    ['<a href="x"/>a', "a"],
    ["a<br/>b<hr/>c<wbr/>", "a<br />b<hr />c<wbr />"],
    ["<ul><li/><li>a</li></ul>", "<ul><li>a</li></ul>"],
    ["<font/><section/>a", "a"],
    ["<svg><path/></svg>a<svg/>b<p/>c", "ab\nc"],
  ])("an element that ends itself is empty, and goes: %s", (html, expected) => {
    expect(clean(html)).toBe(expected);
  });
});

describe("when a short body would cause work without end, it is refused", () => {
  const LONG = `https://news.example.org/?${"&".repeat(2_000)}`;
  test.each([
    [
      "links that become long",
      "<img src=#>".repeat(47_000),
      "must be at most 524288 characters with its links made absolute",
    ],
    [
      "links that become nothing",
      "<q cite=x: />".repeat(30_000),
      "must have at most 10000 links, images and embedded elements",
    ],
    [
      "images without an address",
      "x<img>".repeat(87_000),
      "must have at most 10000 links, images and embedded elements",
    ],
    [
      "embedded elements",
      "x<svg/>".repeat(70_000),
      "must have at most 10000 links, images and embedded elements",
    ],
    [
      "candidates of one image",
      `<img srcset="${"#, ".repeat(174_700)}">`,
      "must offer an image in at most 64 sizes",
    ],
    [
      "candidates that are none",
      `<img srcset="${"a 4q,".repeat(100_000)}">`,
      "must offer an image in at most 64 sizes",
    ],
    [
      "text that becomes long",
      "&".repeat(400_000),
      "must be at most 524288 characters with its links made absolute",
    ],
  ])("%s", (_, html, detail) => {
    expect(() => cleanHtml(html, LONG)).toThrow(detail);
  });

  test("an address whose host is longer than any name is none", () => {
    const host = Array.from({ length: 600 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("");
    for (const start of ["https://", "//", "ht\ntps:\\\\/", "  \thttps:"]) {
      expect(clean(`<a href="${start}${host}/">x</a>`)).toBe("x");
    }
    const query = `https://x.org/?${"a".repeat(5_000)}`;
    expect(clean(`<a href="${query}">x</a>`)).toBe(`<a href="${query}">x</a>`);
  });
});

/** After the OWASP and Cure53 collections: what is left must be harmless whatever the words. */
const ATTACKS = [
  "<script>alert(1)</script>",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<SCRIPT/XSS SRC=//evil.example/x.js></SCRIPT>",
  "<<script>alert(1)//<</script>",
  "<img src=x onerror=alert(1)>",
  "<img/src=x/onerror=alert(1)>",
  '<img src="x` `<script>alert(1)</script>"` `>',
  "<IMG SRC=JaVaScRiPt:alert(1)>",
  "<IMG SRC=`javascript:alert(1)`>",
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  '<a href="jav\tascript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href="&#14; &#1;javascript:alert(1)">x</a>',
  '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>',
  '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>',
  '<a href="javascript&colon;alert(1)">x</a>',
  '<a href="javascript&#0;:alert(1)">x</a>',
  '<a href="java\u0000script:alert(1)">x</a>',
  '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
  '<a href="vbscript:x">x</a><a href="file:///etc/passwd">x</a><a href="blob:https://x.org/1">x</a>',
  '<a href="view-source:https://x.org">x</a><a href="feed:javascript:alert(1)">x</a>',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>"><img src="mailto:a@b.example">',
  '<blockquote cite="javascript:alert(1)">x</blockquote><q cite="data:x">y</q>',
  '<img srcset="javascript:alert(1) 1x, data:x 2x">',
  "<svg onload=alert(1)><g onload=alert(2)></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
  "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
  "<template><img src=x onerror=alert(1)></template><title><img src=x onerror=alert(1)></title>",
  "<listing>&lt;img src=x onerror=alert(1)&gt;</listing><textarea>&lt;img src=x onerror=alert(1)&gt;</textarea>",
  '<p title="&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;">x</p>',
  '<p title=">"><img src=x onerror=alert(1)>',
  "<iframe src=javascript:alert(1)></iframe><object data=javascript:alert(1)></object><embed src=x>",
  '<form action="javascript:alert(1)"><input formaction=javascript:alert(1) autofocus onfocus=alert(1)><button>x</button></form>',
  '<base href="https://evil.example/"><link rel=stylesheet href=x><meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  "<style>@import 'x'</style><p style='background:url(javascript:alert(1))'>x</p>",
  "<details open ontoggle=alert(1)><summary>x</summary></details><video><source onerror=alert(1)></video>",
  "<a id=location name=cookie href=x target=_blank ping=https://evil.example>x</a>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<a href='https://x.org/\"onmouseover=alert(1)//'>x</a>",
  "<__proto__ constructor=x onclick=alert(1)>x</__proto__><p __proto__=x toString=y>z",
  "<!--><img src=x onerror=alert(1)>--><!--x--!><img src=x onerror=alert(1)>",
  "<p><plaintext><img src=x onerror=alert(1)>",
];

describe("when a body attacks, it leaves nothing that the allow-list does not hold", () => {
  test.each(ATTACKS)("%s", (html) => {
    const once = clean(html);
    expect(forbidden(once)).toEqual([]);
    expect(clean(once)).toBe(once);
  });

  test("also in any mixture, cut anywhere: balanced, clean, and the same when cleaned again", () => {
    const tags = fc.constantFrom(
      ...Object.keys(ALLOWED_ELEMENTS),
      "font",
      "form",
      "svg",
      "math",
      "style",
      "noscript",
      "xmp",
      "video",
      "object",
      "select",
    );
    const piece = fc.oneof(
      hostileText,
      fc
        .constantFrom(...ATTACKS)
        .chain((attack) => fc.nat(attack.length).map((length) => attack.slice(0, length))),
      tags.map((tag) => `<${tag}>`),
      tags.map((tag) => `<${tag}/>`),
      tags.map((tag) => `</${tag}>`),
      fc
        .tuple(tags, fc.constantFrom("href", "src", "srcset", "cite", "title", "alt"), hostileText)
        .map(([tag, attribute, value]) => `<${tag} ${attribute}="${value}">`),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const once = clean(pieces.join(""));
        expect(forbidden(once)).toEqual([]);
        expect(cleanText(once)).toBe(once);
        expect(clean(once)).toBe(once);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("a long body", () => {
  test.each([
    ["elements that are never closed", "<b>".repeat(150_000)],
    ["elements within elements", "<p><i>".repeat(80_000)],
    ["a srcset full of commas", `<img srcset="a${",".repeat(400_000)}b,">`],
    ["a srcset with a long address and an unknown size", `<img srcset="${"a".repeat(400_000)} zz">`],
    ["a srcset of many pictures with unknown sizes", `<img srcset="${"a 1q,".repeat(80_000)}">`],
    ["comments that are never closed", "<!--".repeat(100_000)],
    ["ampersands alone", "&".repeat(400_000)],
    ["combining characters alone", "\u0338".repeat(400_000)],
    [
      "a lazy-loaded picture whose address is full stops and a brace",
      `<img src="a" data-src="${".".repeat(400_000)}{">`,
    ],
    ["a style of many colons", `<p style="${"display:".repeat(50_000)}none">a</p>`],
    ["a picture's address of many steps called blank", `<img src="${"/blank".repeat(60_000)}">`],
    ["bold text that is never closed", `${"<b>a ".repeat(250)}${"a ".repeat(200_000)}`],
    ["noscript elements that are never closed", `${"<noscript>".repeat(250)}${"<i>a</i>".repeat(50_000)}`],
    [
      "lazy-loaded pictures with their copies for browsers without scripts",
      "<img data-src=a.jpg> <noscript><img src=a.jpg></noscript> ".repeat(3_000),
    ],
    ["an object full of links", `<object data=a>${"<a href=b>c</a>".repeat(9_000)}</object>`],
    ["figures with iframes in them", "<figure><iframe src=a></iframe></figure>".repeat(4_000)],
  ])("when it has %s, it is cleaned or refused within five seconds of CPU time", (_, html) => {
    const cleaning = cpuMilliseconds(() => {
      try {
        clean(html);
      } catch (error) {
        expect(String(error)).toMatch(
          /must (not nest elements deeper than|offer an image in at most|be at most)/,
        );
      }
    });
    expect(cleaning).toBeLessThan(5_000);
  });
});
