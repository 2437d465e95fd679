import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReadContext, readArticle } from "../../src/validate/article.ts";
import { anyUrl } from "../support/any-url.ts";
import { errorsOf, hostileText, MINIMAL, NOW } from "./support.ts";

const AT = { now: Date.parse("2027-01-02T00:00:00Z") };
const OSLO = { ...AT, timeZone: "Europe/Oslo" };
const PHOTO = "https://cdn.example.org/photo.webp?w=1";
/** Of the article in MINIMAL. */
const SITE = "https://news.example.org";

/** Field, what is sent, what is kept (undefined: nothing), pointers of the warnings. */
type Case = [field: string, sent: unknown, kept: unknown, warned?: string[], context?: ReadContext];

const SMALL = { url: `${SITE}/s.jpg`, type: "image/jpeg" };
const withPhoto = (fields: object) => [{ url: PHOTO, type: "image/webp", ...fields }];

const CASES: Case[] = [
  ["published", "2026-03-01T10:00:00+0000", "2026-03-01T10:00:00.000Z"],
  ["published", "2026-03-01 10:00:00Z", "2026-03-01T10:00:00.000Z"],
  ["published", "2026-03-01T10:00:00.1234567+01", "2026-03-01T09:00:00.123456Z"],
  ["published", "20260301T100000Z", "2026-03-01T10:00:00.000Z"],
  ["published", "Sun, 01 Mar 2026 10:00:00 EST", "2026-03-01T15:00:00.000Z"],
  ["published", "1 Mar 26 10:00 +0100", "2026-03-01T09:00:00.000Z"],
  ["published", "2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"],
  ["published", "2026-03-01T10:00:00", "2026-03-01T09:00:00.000Z", [], OSLO],
  ["published", "2026-07-01 10:00", "2026-07-01T08:00:00.000Z", [], OSLO],
  ["published", "2026-03-29T02:30:00", "2026-03-29T00:30:00.000Z", ["#/published"], OSLO],
  ["published", "2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z", ["#/published"], OSLO],
  ["updated", "2026-11-24T17:59:59.967Z", "2026-11-24T17:59:59.967Z", ["#/updated"]],
  ["updated", "2026-11-21T18:00:00Z", "2026-11-21T18:00:00.000Z", ["#/updated"]],
  ["media", withPhoto({ width: "1200", height: "1200px" }), withPhoto({ width: 1200, height: 1200 })],
  ["media", withPhoto({ width: "", height: null, bytes: 0, caption: "" }), withPhoto({})],
  ["media", withPhoto({ width: "wide" }), withPhoto({}), ["#/media/0/width"]],
  ["media", [{ type: "image/png" }, { url: PHOTO }], withPhoto({}), ["#/media/0/url"]],
  ["media", { url: PHOTO, type: "image" }, withPhoto({})],
  ["media", PHOTO, withPhoto({})],
  ["media", [{ url: "/i/a.jpg" }], [{ url: `${SITE}/i/a.jpg`, type: "image/jpeg" }]],
  [
    "media",
    [{ url: "//cdn.example.org/a.jpg" }],
    [{ url: "https://cdn.example.org/a.jpg", type: "image/jpeg" }],
  ],
  ["media", [{ url: "i/a.jpg" }], [{ url: `${SITE}/a/i/a.jpg`, type: "image/jpeg" }]],
  ["media", [{ url: "https://u:p@x.org/a.jpg" }], undefined, ["#/media/0/url"]],
  ["media", withPhoto({ syndicate: "no" }), withPhoto({ syndicate: false })],
  ["media", withPhoto({ syndicate: 1 }), withPhoto({})],
  ["authors", "Ada Quill and Ben Lens", [{ name: "Ada Quill" }, { name: "Ben Lens" }]],
  [
    "authors",
    "By Ada Quill, Ben Lens and Cy Young",
    [{ name: "Ada Quill" }, { name: "Ben Lens" }, { name: "Cy Young" }],
  ],
  ["authors", "Quill, Ada", [{ name: "Quill, Ada" }]],
  ["authors", ["Ada Quill"], [{ name: "Ada Quill" }]],
  ["authors", { name: "Ada Quill" }, [{ name: "Ada Quill" }]],
  ["authors", [{ name: "Ada", url: "/team/ada/", email: "" }], [{ name: "Ada", url: `${SITE}/team/ada/` }]],
  ["authors", [{ name: "José", email: "josé@exämple.org" }], [{ name: "José", email: "josé@exämple.org" }]],
  ["authors", [{ name: "Ada", email: "not an address" }], [{ name: "Ada" }], ["#/authors/0/email"]],
  ["authors", [null, { url: SITE }, { name: "Ada" }], [{ name: "Ada" }], ["#/authors/1/name"]],
  ["tags", ["", "x", null, { name: "Oslo" }], [{ name: "x" }, { name: "Oslo" }]],
  ["tags", "Oslo", [{ name: "Oslo" }]],
  ["tags", [2026], [{ name: "2026" }]],
  ["places", ["Oslo", { name: "Rome", lat: "41.9" }], [{ name: "Oslo" }, { name: "Rome", lat: 41.9 }]],
  ["source", "AP", { name: "AP" }],
  ["section", { name: "World" }, "World"],
  ["section", ["World"], "World"],
  ["rights", "© 2026 The Times", { notice: "© 2026 The Times" }],
  ["language", "en_US", "en-US"],
  ["language", "en_US.UTF-8", "en-US"],
  ["language", "EN", "en"],
  ["language", "deutsch", undefined, ["#/language"]],
  ["id", "post:42", "post:42"],
  ["id", "a/b", "a/b"],
  ["id", 42, "42"],
  ["id", "https://cms.example.org/?p=42", "https://cms.example.org/?p=42"],
  ["guid", "Any string at all: 1 & <2>", "Any string at all: 1 & <2>"],
  ["headline", "« Oui\u00a0» : 10\u202f000\u00a0€", "« Oui\u00a0» : 10\u202f000\u00a0€"],
  ["headline", "首相、辞任へ\u3000後任は未定", "首相、辞任へ\u3000後任は未定"],
  ["headline", "Tom &amp; Jerry&#8217;s", "Tom & Jerry’s", ["#/headline"]],
  ["headline", "<i>Ulysses</i> at 100", "Ulysses at 100", ["#/headline"]],
  ["headline", "a < b & c", "a < b & c"],
  ["headline", "List<String> of AT&T; and R&D", "List<String> of AT&T; and R&D"],
  ["headline", "How &amp;amp; came to be", "How &amp;amp; came to be", ["#/headline"]],
  ["headline", "Why the <b> matters", "Why the <b> matters", ["#/headline"]],
  ["headline", "Don\u0092t", "Don’t"],
  ["headline", "a\u202eb", "a\u202eb\u202c"],
  ["headline", "a\u2067b\u202ac\u2069d\u2069", "a\u2067b\u202ac\u2069d"],
  ["headline", { rendered: "Wrapped" }, "Wrapped"],
  ["authors", ["\ufa19\u7530"], [{ name: "\ufa19\u7530" }]],
  ["body", null, undefined, ["#/body"]],
  ["body", 42, "42"],
  ["body", ["One.", "Two."], "<p>One.</p>\n<p>Two.</p>"],
  ["breaking", "yes", { level: "urgent" }],
  ["breaking", "flash", { level: "flash" }],
  ["breaking", 0, undefined],
  ["change", "Correction", { kind: "correction" }],
  ["revision", "3", 3],
  ["status", "Published", "published"],
  ["media", withPhoto({ renditions: "/s.jpg" }), withPhoto({ renditions: [SMALL] })],
  [
    "media",
    withPhoto({
      renditions: [{ url: "/s.jpg", type: "image", width: "320" }, { url: "/s.jpg" }, { width: 3 }],
    }),
    withPhoto({ renditions: [{ ...SMALL, width: 320 }] }),
    ["#/media/0/renditions/2/url", "#/media/0/renditions/2/type"],
  ],
  [
    "media",
    withPhoto({ caption: "x", renditions: [{ url: PHOTO, type: "image/webp", width: 9, bytes: 7 }] }),
    [{ url: PHOTO, type: "image/webp", width: 9, bytes: 7, caption: "x" }],
  ],
  [
    "media",
    withPhoto({ renditions: [{ url: "javascript:x", type: "image/png" }] }),
    withPhoto({}),
    ["#/media/0/renditions/0/url"],
  ],
  ["media", withPhoto({ creditRole: " Photographer " }), withPhoto({ creditRole: "Photographer" })],
  [
    "tags",
    [{ name: "Ada", type: "Person", url: "/ada" }],
    [{ name: "Ada", type: "person", url: `${SITE}/ada` }],
  ],
  ["tags", [{ name: "UN", type: "organization" }], [{ name: "UN", type: "organisation" }]],
  ["tags", [{ name: "Oslo", type: "town" }], [{ name: "Oslo" }], ["#/tags/0/type"]],
  ["tags", ["Oslo", { name: "Oslo", type: "place" }], [{ name: "Oslo", type: "place" }]],
  ["dateline", "<b>OSLO</b>", "OSLO", ["#/dateline"]],
  ["dateline", ["OSLO", "ROME"], undefined, ["#/dateline"]],
  ["genre", "Analysis", ["Analysis"]],
  ["genre", ["Analysis", { name: "Opinion" }, "Analysis"], ["Analysis", "Opinion"]],
  ["keywords", "bridge, tolls; ferry ,", ["bridge", "tolls", "ferry"]],
  ["keywords", ["Paris, Texas", "tolls", "tolls"], ["Paris, Texas", "tolls"]],
  ["urgency", "4", 4],
  ["urgency", 10, undefined, ["#/urgency"]],
  ["urgency", 1.5, undefined, ["#/urgency"]],
  [
    "corrections",
    [
      { kind: "Correction", note: "2 km.", at: "2026-03-02T10:00:00+01:00" },
      { kind: "update", at: "2026-03-01T10:00:00Z" },
    ],
    [
      { kind: "update", at: "2026-03-01T10:00:00.000Z" },
      { kind: "correction", note: "2 km.", at: "2026-03-02T09:00:00.000Z" },
    ],
  ],
  ["corrections", [{ kind: "update" }, "2 km."], undefined, ["#/corrections/0/at", "#/corrections/1"]],
  [
    "corrections",
    [null, { kind: "update", at: "2029-01-04T00:00:00Z" }, { kind: "update", at: "2027-01-01T00:00:00Z" }],
    [{ kind: "update", at: "2027-01-01T00:00:00.000Z" }],
    ["#/corrections/1/at"],
  ],
  ["embargo", false, undefined],
];

describe("what newsrooms send", () => {
  test.each(CASES)(
    "when %s is %j it keeps %j, and warns of %j",
    (field, sent, kept, warned = [], context = AT) => {
      const { article, warnings } = readArticle({ ...MINIMAL, [field]: sent }, context);
      expect((article as Record<string, unknown>)[field]).toEqual(kept);
      expect(warnings.map(({ pointer }) => pointer)).toEqual(warned);
    },
  );

  test.each(["summary", "body", "language", "section", "sections", "tags", "places", "authors", "updated"])(
    "when %s says nothing it is absent",
    (field) => {
      const bare = JSON.stringify(readArticle(MINIMAL, AT).article);
      for (const nothing of ["", " ", [], {}, ...(field === "body" ? [] : [null])]) {
        const { article, warnings } = readArticle({ ...MINIMAL, [field]: nothing }, AT);
        expect(JSON.stringify(article)).toBe(bare);
        expect(warnings).toEqual([]);
      }
    },
  );

  test("when an item before it is left out, a warning names the place that was sent", () => {
    const tags = [null, "a", { name: "b", scheme: "no" }, true];
    const { warnings } = readArticle({ ...MINIMAL, tags }, AT);
    expect(warnings.map(({ pointer }) => pointer).sort()).toEqual(["#/tags/2/scheme", "#/tags/3"]);
  });
});

describe("when a record has a field that the wire does not know", () => {
  const reading = (fields: object) => () => readArticle({ ...MINIMAL, ...fields }, AT);

  test.each(
    [
      "publisher datePublished comment_status ping_status skills household drafting title units".split(" "),
    ].flat(),
  )("%s is left out with a warning", (name) => {
    expect(reading({ [name]: "x" })().warnings).toEqual([
      { pointer: `#/${name}`, detail: expect.stringContaining("is not a field of the record") },
    ]);
  });

  test("a warning asks for the field that was meant", () => {
    const { warnings } = reading({ Section: "World", hedline: "x", short_headline: "y" })();
    expect(warnings.map(({ detail }) => detail.match(/did you mean (\w+)/)?.[1])).toEqual([
      "section",
      "headline",
      "shortHeadline",
    ]);
  });

  test.each(
    (
      "Embargo embrago embargos embargo_until isEmbargoed EXPIRES expiry expire_date post_status Status stauts right " +
      "syndicate isDraft draft on-hold private is_private visibility paywall paywalled killed WITHDRAWN"
    ).split(" "),
  )("%s refuses the record, unless it is harmless", (name) => {
    expect(errorsOf(reading({ [name]: "x" }))).toHaveProperty([`#/${name}`]);
    for (const harmless of [null, "", [], {}, false, "public", "publish"]) {
      expect(reading({ [name]: harmless })().warnings).toHaveLength(1);
    }
  });

  test.each("doNotPublish do_not_syndicate noPublish unpublish_at expirationDate sunset".split(" "))(
    "%s refuses the record, unless it is harmless",
    (name) => {
      expect(errorsOf(reading({ [name]: true }))).toHaveProperty([`#/${name}`]);
      expect(reading({ [name]: false })().warnings).toHaveLength(1);
    },
  );

  test.each("publishAt publish_on release-date goLive validFrom available_at".split(" "))(
    "%s refuses the record where its date lies ahead, and goes where the date has passed",
    (name) => {
      const [ahead, past] = ["2027-06-01T08:00:00Z", "2026-12-01T08:00:00Z"];
      for (const date of [ahead, ahead.slice(0, -1), Date.parse(ahead), Date.parse(ahead) / 1_000])
        expect(errorsOf(reading({ [name]: date }))).toHaveProperty([`#/${name}`]);
      for (const date of [past, Date.parse(past), "soon"])
        expect(reading({ [name]: date })().warnings).toHaveLength(1);
    },
  );

  test("a date of an event that lies ahead restricts nothing", () => {
    expect(reading({ eventDate: "2027-06-01T08:00:00Z" })().warnings).toHaveLength(1);
  });

  test("inside of what restricts, and of media, the same holds", () => {
    expect(errorsOf(reading({ breaking: { level: "flash", untill: 1 } }))).toHaveProperty([
      "#/breaking/untill",
    ]);
    const media = [{ url: PHOTO, syndicat: "x" }];
    expect(errorsOf(reading({ media }))).toHaveProperty(["#/media/0/syndicat"]);
    expect(errorsOf(reading({ section: { name: "World", draft: true } }))).toHaveProperty([
      "#/section/draft",
    ]);
  });
});

describe("when a record is a kill", () => {
  const kill = { id: MINIMAL.id, published: MINIMAL.published, status: "Withdrawn" };

  test("it is never refused for its content", () => {
    const content = {
      ...{
        headline: "",
        url: 7,
        body: "<b>".repeat(300),
        embargo: "soon",
        draft: true,
        rights: 7,
        breaking: "x",
      },
      ...{ media: [{ syndicate: "maybe" }], revision: "x", reason: [1, 2], guid: {} },
    };
    const { article } = readArticle({ ...kill, ...content }, AT);
    expect(article).toEqual(readArticle(kill, AT).article);
  });

  test("one whose date cannot be read is of now", () => {
    const { article, warnings } = readArticle({ ...kill, updated: "just now" }, AT);
    expect(article.updated).toBe("2027-01-02T00:00:00.000Z");
    expect(warnings.map(({ pointer }) => pointer)).toEqual(["#/updated"]);
  });
});

describe("whatever is repaired", () => {
  const text = fc.oneof(
    hostileText,
    fc
      .array(
        fc.constantFrom(
          ...[
            "&amp;",
            "&lt;",
            "&gt;",
            "&",
            "<",
            ">",
            "b",
            "/b",
            "<b>",
            "</b>",
            "<br>",
            "amp;",
            "#38;",
            "lt;",
            "x",
            " ",
          ],
          ...[
            "\u0092",
            "\u0085",
            "\u0081",
            "\u202e",
            "\u202c",
            "\u2067",
            "\u2069",
            "\u00a0",
            "\u3000",
            "\u200b",
          ],
          ...["e", "\u0301", "\ufa19", "\u0000", "\n", "and", ",", ";", "Ada Quill", "von"],
        ),
        { maxLength: 10 },
      )
      .map((parts) => parts.join("")),
  );
  const date = fc
    .tuple(
      fc.date({ min: new Date("1000-01-03"), max: new Date("2026-11-24"), noInvalidDate: true }),
      fc.constantFrom("", ".1", ".123456", ".1234567", ",5"),
      fc.constantFrom("Z", "+0000", "+01", " -05:30", "", " GMT"),
      fc.constantFrom("T", " "),
    )
    .map(([at, fraction, offset, between]) => {
      return `${at.toISOString().slice(0, 19).replace("T", between)}${fraction}${offset}`;
    });
  const address = fc.oneof(
    anyUrl(),
    text,
    fc.constantFrom("/a", "//b.org", "../x", "?q", "a/b.jpg", "a.png", "b.org/x"),
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    text,
    date,
    address,
    fc.constantFrom(
      null,
      "",
      0,
      1,
      "1200px",
      "3",
      "yes",
      "no",
      true,
      false,
      [],
      {},
      "en_US",
      "deutsch",
      "Flash",
    ),
    fc.constantFrom("a, b;a,", { kind: "update", at: "2026-03-01 10:00Z" }, { name: "Ada", type: "Person" }),
    fc.dictionary(
      fc.constantFrom(
        ..."name url email title type width level until kind note at license notice rendered renditions x".split(
          " ",
        ),
      ),
      fc.oneof(text, address, date, fc.constantFrom("12", "image/png", "flash", "update", "person", null, 7)),
      { maxKeys: 4 },
    ),
  );
  const fields = fc.dictionary(
    fc.constantFrom(
      ...(
        "summary body language section sections tags places authors updated revision breaking change label media " +
        "source rights related status shortHeadline guid headline hedline dateline genre urgency keywords corrections"
      ).split(" "),
    ),
    fc.oneof(value, fc.array(value, { maxLength: 3 })),
    { maxKeys: 5 },
  );
  /** What stays as it was sent, and is told each time. */
  const STAYS = /was kept as it is$|orders the versions/;

  test("when it is read again nothing changes, and nothing has to be said", () => {
    let taken = 0;
    fc.assert(
      fc.property(fields, fc.constantFrom(OSLO, AT), (sent, context) => {
        let once: ReturnType<typeof readArticle>;
        try {
          once = readArticle({ ...MINIMAL, ...sent }, context);
        } catch {
          return;
        }
        taken++;
        const json = JSON.stringify(once.article);
        const again = readArticle(JSON.parse(json), context);
        expect(JSON.stringify(again.article)).toBe(json);
        expect(again.warnings.filter(({ detail }) => !STAYS.test(detail))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  test("when it is told to be strict, what would have a warning is refused", () => {
    fc.assert(
      fc.property(fields, (sent) => {
        const read = (strict: boolean) => {
          try {
            return readArticle({ ...MINIMAL, ...sent }, { now: NOW, strict }).warnings.length;
          } catch {
            return "refused";
          }
        };
        expect(read(true)).toBe(read(false) === 0 ? 0 : "refused");
      }),
      { numRuns: 500 },
    );
  });
});
