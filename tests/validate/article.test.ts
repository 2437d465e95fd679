import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArticleSchema } from "../../src/core/article.ts";
import { FlashwireError } from "../../src/core/errors.ts";
import { MAX_AHEAD_MS, MAX_BODY, MAX_CORRECTIONS, MAX_REVISION, MAX_TAGS } from "../../src/core/limits.ts";
import { cleanText } from "../../src/core/text.ts";
import { readArticle, readReason } from "../../src/validate/article.ts";
import { articleJsonSchema, withdrawnJsonSchema } from "../../src/validate/json-schema.ts";
import { MAX_PROBLEMS } from "../../src/validate/limits.ts";
import { anyLetter } from "../support/any-letter.ts";
import { anyUrl } from "../support/any-url.ts";
import { cpuMilliseconds } from "../support/cpu-time.ts";
import { errorsOf, hostileText, MINIMAL, NOW } from "./support.ts";

const taken = (input: unknown, id?: string) =>
  readArticle(input, { now: NOW, ...(id === undefined ? {} : { id }) });
const read = (fields: object) => taken({ ...MINIMAL, ...fields }).article;
const refused = (fields: object) => {
  const { "": _, ...errors } = errorsOf(() => read(fields));
  return errors;
};

/** What a record with these fields is taken without: pointer → why. */
const leftOut = (fields: object) =>
  Object.fromEntries(
    taken({ ...MINIMAL, ...fields }).warnings.map(({ pointer, detail }) => [pointer, detail]),
  );

describe("when a record has wrong fields", () => {
  test("it is refused with every wrong field named at once", () => {
    const fields = {
      url: "/relative",
      headline: " \u0000 ",
      published: "2026-02-30T00:00:00Z",
      updated: "yesterday",
      language: "english, please",
      tags: ["ok", "", { name: "x", schemes: 1 }, true],
      media: [{ url: "ftp://x", type: "image", width: -1 }],
      authors: [{ email: "nobody" }],
      places: [{ name: "x", lat: 91 }],
      breaking: { level: "huge", until: "soon" },
      change: "rewrite",
      revision: 1.5,
      embargo: "2099-01-01T00:00:00Z",
      colour: "red",
    };
    expect(Object.keys(refused(fields)).sort()).toEqual(
      [
        ...["#/url", "#/headline", "#/published", "#/updated", "#/language", "#/tags/3"],
        ...["#/tags/2/schemes", "#/media/0/url", "#/media/0/type", "#/media/0/width", "#/authors/0/name"],
        ...["#/authors/0/email", "#/places/0/lat", "#/breaking/level", "#/breaking/until", "#/change"],
        ...["#/revision", "#/embargo", "#/colour"],
      ].sort(),
    );
  });

  test.each([
    ["a missing headline", { headline: undefined }, "#/headline", "is required"],
    ["a headline that is no text", { headline: true }, "#/headline", "must be a string"],
    [
      "a headline that is too long",
      { headline: "a".repeat(501) },
      "#/headline",
      "must be at most 500 characters",
    ],
    ["a headline of a zero-width space", { headline: "\u200b" }, "#/headline", "must not be empty"],
    ["a headline of invisible characters", { headline: "\u2060\u00ad" }, "#/headline", "must not be empty"],
    [
      "an address with a password",
      { url: "https://user:secret@news.example.org/x" },
      "#/url",
      "must not hold a user name or a password",
    ],
    [
      "an address that is too long before it is normalised",
      { url: `https://news.example.org/${"a/../".repeat(1_000)}` },
      "#/url",
      "must be at most 2048 characters",
    ],
    [
      "an address that is too long once it is encoded",
      { url: `https://news.example.org/${"é".repeat(1_000)}` },
      "#/url",
      "must be at most 2048 characters",
    ],
    [
      "an address with a host that no URL can have",
      { url: `https://${"\u4e00".repeat(600)}/` },
      "#/url",
      "must be an absolute http or https URL",
    ],
    [
      "a date at 24 o'clock",
      { published: "2026-11-24T24:00:00Z" },
      "#/published",
      expect.stringContaining("with an offset"),
    ],
    [
      "a date without an offset",
      { published: "2026-11-24T18:00:00" },
      "#/published",
      expect.stringContaining("timeZone"),
    ],
    [
      "a breaking flag that is an unknown word",
      { breaking: "maybe" },
      "#/breaking",
      expect.stringContaining("must be true, false or {level"),
    ],
    [
      "a breaking flag whose end is no date",
      { breaking: { level: "flash", until: "soon" } },
      "#/breaking/until",
      expect.stringContaining("offset"),
    ],
    [
      "a picture whose syndicate is neither true nor false",
      { media: [{ url: "https://x.org/a.png", syndicate: "maybe" }] },
      "#/media/0/syndicate",
      "must be true or false",
    ],
    ["rights that are a list", { rights: ["a", "b"] }, "#/rights", "must be an object"],
    [
      "rights with an unknown field",
      { rights: { licence: "none" } },
      "#/rights/licence",
      expect.stringContaining("must not be published"),
    ],
    ["an unknown status", { status: "draft" }, "#/status", "must be published or withdrawn"],
    ["a status that is a number", { status: 1 }, "#/status", "must be published or withdrawn"],
    [
      "an embargo that is a word",
      { embargo: "tomorrow" },
      "#/embargo",
      expect.stringContaining("with an offset"),
    ],
    [
      "an expiry without a time of day",
      { expires: "2026-11-24" },
      "#/expires",
      expect.stringContaining("with an offset"),
    ],
    ["a guid that is too long", { guid: "x".repeat(3_000) }, "#/guid", "must be at most 2048 characters"],
    [
      "an id with a control character",
      { id: "a\u0000b" },
      "#/id",
      expect.stringContaining("without control characters"),
    ],
  ])("it is refused for %s, and the error names the field", (_, fields, pointer, detail) => {
    expect(refused(fields)).toEqual({ [pointer as string]: detail });
  });

  test.each([
    [
      "an unknown level of breaking news",
      { breaking: { level: "huge" } },
      "#/breaking/level",
      "must be flash, bulletin or urgent",
    ],
    [
      "an end of breaking news without a level",
      { breaking: { until: "2026-11-24T21:00:00Z" } },
      "#/breaking/level",
      "is required",
    ],
    [
      "a tag whose scheme is no address",
      { tags: [{ name: "x", scheme: "no" }] },
      "#/tags/0/scheme",
      "must be an absolute http or https URL",
    ],
    ["tags that are one text", { tags: "a, b" }, "#/tags", "must be a list"],
    ["a picture that is a list", { media: [[true, 1]] }, "#/media/0", "must be an object"],
    ["a place that is a list", { places: [["Seoul", "Busan"]] }, "#/places/0", "must be an object"],
    [
      "a focal point that is a list",
      { media: [{ url: "https://x.org/a", type: "image/png", focalPoint: [1, 1] }] },
      "#/media/0/focalPoint",
      "must be an object",
    ],
    [
      "a revision that is too large",
      { revision: Number.MAX_SAFE_INTEGER },
      "#/revision",
      `must be at most ${MAX_REVISION}`,
    ],
    [
      "a summary that is too long",
      { summary: "a\u0301\u0323".repeat(150_000) },
      "#/summary",
      "must be at most 5000 characters",
    ],
    [
      "an e-mail address without a domain",
      { authors: [{ name: "A", email: "a@localhost" }] },
      "#/authors/0/email",
      "must be an e-mail address",
    ],
    [
      "a body with an image in too many sizes",
      { body: `<img srcset="${"a, ".repeat(174_700)}">` },
      "#/body",
      "must offer an image in at most 64 sizes",
    ],
    [
      "a body of too many images",
      { body: "<img src=#>".repeat(47_000) },
      "#/body",
      expect.stringMatching(/^must (have|be) at most/),
    ],
    [
      "a body with elements nested too deep",
      { body: "<b>".repeat(300) },
      "#/body",
      expect.stringContaining("deeper than 256"),
    ],
    [
      "a body that is too long once it is cleaned",
      { body: "&".repeat(MAX_BODY / 4) },
      "#/body",
      expect.stringContaining("with its links made absolute"),
    ],
    [
      "a field whose name a pointer has to escape",
      { "a/b~c é": 1 },
      "#/a~1b~0c%20%C3%A9",
      "is not a field of the record",
    ],
    [
      "a field whose name is a lone surrogate",
      { "\ud800": 1 },
      "#/%EF%BF%BD",
      "is not a field of the record",
    ],
    [
      "a field with the name __proto__",
      JSON.parse('{"__proto__": 1}'),
      "#/__proto__",
      "is not a field of the record",
    ],
    [
      "a field with the name constructor",
      { constructor: 1 },
      "#/constructor",
      "is not a field of the record",
    ],
    [
      "a reason, which is for a kill alone",
      { reason: "a mistake" },
      "#/reason",
      "is not a field of the record",
    ],
    [
      "two names of one field that say different things",
      { change: "update", label: "correction" },
      "#/label",
      "is another name for change and must say the same",
    ],
  ])(
    "it is taken without the wrong field, and a warning names the field: %s",
    (_, fields, pointer, detail) => {
      const found = leftOut(fields);
      expect(Object.keys(found)).toEqual([pointer]);
      expect(found[pointer as string]?.replace(/; (without|it was).*/, "")).toEqual(detail);
      expect(found[pointer as string]).toMatch(/; it was left out$/);
      expect(
        errorsOf(() => readArticle({ ...MINIMAL, ...fields }, { now: NOW, strict: true })),
      ).toHaveProperty([pointer as string]);
    },
  );

  test.each(["javascript:alert(1)", " JavaScript: alert(1)", "data:text/html,x", "file:///etc/passwd"])(
    "it is refused for a licence that would be a link to %s",
    (license) => {
      expect(refused({ rights: { license } })).toEqual({
        "#/rights/license": "must be words, or an absolute http or https URL",
      });
    },
  );

  test.each(["embargo", "expires"])("it is taken with a future %s, which the wire carries out", (field) => {
    const [future, past] = [NOW + 1, NOW - 1].map((ms) => new Date(ms).toISOString());
    for (const time of [future, past]) expect(read({ [field]: time })).toHaveProperty(field, time);
  });

  test("it is refused for a date more than 400 days ahead, which is a slip of the year", () => {
    const [most, more] = [NOW + MAX_AHEAD_MS, NOW + MAX_AHEAD_MS + 1].map((ms) => new Date(ms).toISOString());
    const ahead = "must be at most 400 days ahead";
    expect(refused({ published: more })).toEqual({ "#/published": ahead });
    expect(refused({ embargo: more })).toEqual({ "#/embargo": ahead });
    expect(leftOut({ updated: more })).toEqual({ "#/updated": expect.stringContaining(ahead) });
    expect(refused({ published: more, updated: more })).toEqual({ "#/published": ahead, "#/updated": ahead });
    expect(read({ updated: more, status: "withdrawn" })).toHaveProperty(
      "updated",
      "2026-11-24T20:00:00.000Z",
    );
    expect(read({ published: most, updated: most })).toMatchObject({ published: most, updated: most });
    expect(read({ embargo: most, expires: more })).toMatchObject({ embargo: most, expires: more });
    const until = "2099-01-01T00:00:00.000Z";
    expect(read({ breaking: { level: "flash", until } })).toMatchObject({ breaking: { until } });
  });

  test("it is refused with at most as many problems named as a person reads", () => {
    const many = (name: string) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`${name}-${i}`, 2]));
    const { "": message, ...errors } = errorsOf(() => read(many("draft")));
    expect(message).toBe("The record is not valid: 1000 fields are wrong; the first 100 are listed.");
    expect(Object.keys(errors)).toHaveLength(MAX_PROBLEMS);
    expect(Object.keys(leftOut(many("x")))).toHaveLength(MAX_PROBLEMS);
  });

  test("it is taken with everything that e-mail addresses and licences may have", () => {
    for (const email of ["ann.o'brien@news.example.org", "a+b_c%d@x-y.example.co.uk", "x@y.xn--p1ai"]) {
      expect(read({ authors: [{ name: "A", email }] })).toMatchObject({ authors: [{ email }] });
    }
    for (const license of [
      "CC BY 4.0",
      "All rights reserved",
      "Licence: CC BY 4.0",
      "https://creativecommons.org/licenses/by/4.0/",
    ]) {
      expect(read({ rights: { license } })).toMatchObject({ rights: { license } });
    }
    expect(read({ revision: MAX_REVISION })).toMatchObject({ revision: MAX_REVISION });
  });

  test.each([[null], [[]], ["text"], [7]])("it is refused for %j instead of a record", (input) => {
    expect(errorsOf(() => taken(input).article)).toMatchObject({ "#": "must be a JSON object" });
  });

  test("it is taken with the first items of a huge list, which costs no more than a look at its length", () => {
    const tags = Array.from({ length: 400_000 }, (_, i) => `t${i}`);
    const looking = cpuMilliseconds(() => {
      expect(leftOut({ tags })).toEqual({
        "#/tags": `must have at most ${MAX_TAGS} items; only the first ones were taken`,
      });
    });
    expect(looking).toBeLessThan(1_000);
  });

  test("it is refused for another id than that of the address", () => {
    const errors = errorsOf(() => taken({ ...MINIMAL, headline: "" }, "other"));
    expect(Object.keys(errors)).toEqual(["", "#/headline", "#/id"]);
    const { id: _, ...nameless } = MINIMAL;
    expect(taken(nameless, "other").article).toHaveProperty("id", "other");
  });
});

describe("when a record is brought into its normal form", () => {
  test("its text is clean, dates are UTC, addresses absolute, tags objects", () => {
    const article = read({
      headline: "  Cafe\u0301\u0000\n opens ",
      url: "HTTPS://News.Example.org/a/../b",
      published: "2026-11-24t19:00:00.5+01:00",
      language: "EN-us",
      tags: ["Korea"],
      breaking: true,
      change: "correction",
    });
    expect(article).toEqual({
      id: "budget-vote",
      url: "https://news.example.org/b",
      headline: "Café opens",
      language: "en-US",
      tags: [{ name: "Korea" }],
      published: "2026-11-24T18:00:00.500Z",
      updated: "2026-11-24T18:00:00.500Z",
      breaking: { level: "urgent" },
      change: { kind: "correction" },
      status: "published",
    });
  });

  test("the same content gives the same JSON, whatever the order of keys, repetitions, empty lists and defaults", () => {
    const one = read({ tags: ["b", "a"], sections: ["World"], section: "USA", change: { kind: "update" } });
    const two = taken({
      status: "published",
      rights: {},
      media: [],
      breaking: false,
      label: "update",
      revision: 0,
      updated: MINIMAL.published,
      sections: ["World", "USA", " World "],
      section: "USA",
      tags: ["b", { name: "a" }, "b"],
      body: " <script>x</script> ",
      ...MINIMAL,
    }).article;
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
  });

  test("a bare tag that another one says more about is that one", () => {
    const tags = ["Korea", { name: "Korea", code: "PRK" }, { name: "Korea", code: "KOR" }];
    expect(read({ tags })).toHaveProperty("tags", tags.slice(1));
  });

  test("links of the body are resolved against the article", () => {
    const article = read({ body: '<p><a href="../c.html">c</a></p>' });
    expect(article).toHaveProperty("body", '<p><a href="https://news.example.org/c.html">c</a></p>');
  });

  test("nothing of the content of a withdrawn record stays, and none is needed", () => {
    const kept = {
      id: "budget-vote",
      published: "2026-11-24T18:00:00.000Z",
      updated: "2026-11-24T18:00:00.000Z",
    };
    const withdrawn = { ...kept, reason: "Not ours", status: "withdrawn" };
    expect(read({ status: "withdrawn", body: "<p>x</p>", reason: "Not ours" })).toEqual(withdrawn);
    const { url: _, headline: __, ...rest } = MINIMAL;
    expect(taken({ ...rest, reason: "Not ours", status: "withdrawn" }).article).toEqual(withdrawn);
    expect(JSON.stringify(taken(withdrawn).article)).toBe(JSON.stringify(withdrawn));
  });

  test("a withdrawn record keeps the reason, and what the public is told", () => {
    const words = readReason({ reason: " Wrong\u0000 person ", notice: "We were\u0000 wrong. " });
    expect(words).toEqual({ reason: "Wrong person", notice: "We were wrong." });
    expect(readReason({})).toEqual({});
    const { url: _, headline: __, ...rest } = MINIMAL;
    expect(taken({ ...rest, ...words, status: "withdrawn" }).article).toMatchObject(words);
    expect(errorsOf(() => readReason({ reason: 1, why: 2 }))).toMatchObject({
      "#/reason": "must be a string",
      "#/why": "is not a field of the record",
    });
  });
});

const text = hostileText.map((value) => `x${value}`);
const date = fc.date({ min: new Date("1000-01-02"), max: new Date("2026-01-01"), noInvalidDate: true });
const url = fc.oneof(
  anyUrl(true),
  text.map((t) => `https://x.org/${t}`),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const present = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const record = fc
  .record({
    id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,20}$/),
    url,
    headline: text,
    summary: maybe(text),
    body: maybe(fc.array(hostileText, { maxLength: 4 }).map((parts) => parts.join("<p>"))),
    guid: maybe(text),
    language: maybe(fc.constantFrom("en-us", "zh-hant-tw", "ar", "iw-latn", "zh-Hant-TW")),
    section: maybe(text),
    sections: maybe(fc.array(text, { maxLength: 3 })),
    tags: maybe(
      fc.array(
        fc.oneof(
          text,
          fc.record({ name: text, code: text, scheme: url }),
          fc.record({ name: text, type: fc.constantFrom("person", "organisation", "topic"), url }),
        ),
        { maxLength: 4 },
      ),
    ),
    dateline: maybe(text),
    keywords: maybe(fc.array(text, { maxLength: 3 })),
    genre: maybe(fc.array(text, { maxLength: 3 })),
    urgency: maybe(fc.integer({ min: 1, max: 9 })),
    corrections: maybe(
      fc.array(
        fc.record({
          kind: fc.constantFrom("update", "correction"),
          note: text,
          at: date.map((d) => d.toISOString()),
        }),
        {
          maxLength: 3,
        },
      ),
    ),
    places: maybe(
      fc.array(fc.record({ name: text, lat: fc.double({ min: -90, max: 90, noNaN: true }) }), {
        maxLength: 2,
      }),
    ),
    authors: maybe(
      fc.array(fc.record({ name: text, email: fc.constant("a@example.org") }), { maxLength: 2 }),
    ),
    published: date.map((d) => d.toISOString()),
    revision: maybe(fc.nat()),
    breaking: maybe(fc.oneof(fc.boolean(), fc.record({ level: fc.constantFrom("flash", "urgent") }))),
    change: maybe(
      fc.oneof(fc.constant("update"), fc.record({ kind: fc.constant("correction"), note: text })),
    ),
    media: maybe(
      fc.array(
        fc.record({
          url,
          type: fc.constant("Image/JPEG"),
          caption: text,
          creditRole: text,
          syndicate: fc.boolean(),
          renditions: fc.array(fc.record({ url, type: fc.constant("image/webp"), width: fc.nat() }), {
            maxLength: 2,
          }),
        }),
        { maxLength: 2 },
      ),
    ),
    status: maybe(fc.constantFrom("published", "withdrawn")),
  })
  .map(present);

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

describe("when any record is sent", () => {
  const ajv = new Ajv2020({ strict: false, formats: { "date-time": true, uri: true, email: true } });
  const schema = ajv.compile({ anyOf: [articleJsonSchema(), withdrawnJsonSchema()] });

  test("the article that is read of it can be read again without a change, is clean text, and the JSON Schema takes it too", () => {
    fc.assert(
      fc.property(record, (input) => {
        const once = taken(input).article;
        const json = JSON.stringify(once);
        expect(JSON.stringify(taken(JSON.parse(json)).article)).toBe(json);
        expect(stringsOf(once).filter((value) => cleanText(value) !== value)).toEqual([]);
        expect(schema(input), ajv.errorsText(schema.errors)).toBe(true);
        expect(schema(JSON.parse(json)), ajv.errorsText(schema.errors)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("it is taken, or refused as invalid with every field named, and never breaks the door", () => {
    const keys = Object.keys(ArticleSchema.entries);
    const long = fc
      .tuple(hostileText, fc.constantFrom(10, 1_000, 20_000))
      .map(([value, times]) => value.repeat(times));
    const hostile = fc.oneof(
      fc.jsonValue({ maxDepth: 4, stringUnit: anyLetter }),
      hostileText,
      long,
      fc.constantFrom("__proto__", "constructor", "toString", -0, 1e308, Number.MAX_SAFE_INTEGER, [[]], {}),
      hostileText.map((value) => `https://${value}`),
      fc.date({ noInvalidDate: false }).map(String),
    );
    const nested = fc.dictionary(
      fc.constantFrom(
        "name",
        "url",
        "email",
        "license",
        "level",
        "kind",
        "note",
        "type",
        "scheme",
        "__proto__",
      ),
      hostile,
    );
    const value = fc.oneof(hostile, nested, fc.array(fc.oneof(hostile, nested), { maxLength: 3 }));
    const fields = fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...keys) }, hostileText),
      value,
      {
        maxKeys: 4,
      },
    );
    const whole = fc.oneof(
      hostile,
      fields,
      fields.map((sent) => ({ ...MINIMAL, ...sent })),
    );
    fc.assert(
      fc.property(whole, fc.option(fc.string(), { nil: undefined }), (input, id) => {
        try {
          expect(taken(input, id).article).toHaveProperty("id");
        } catch (error) {
          if (!(error instanceof FlashwireError)) throw error;
          expect(error.code).toBe("invalid");
          expect(error.errors.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test("the JSON Schema refuses what it can tell to be wrong", () => {
    for (const wrong of [
      {},
      { ...MINIMAL, colour: 1 },
      { ...MINIMAL, breaking: "flash" },
      { ...MINIMAL, tags: "x" },
    ]) {
      expect(schema(wrong)).toBe(false);
    }
  });
});

test("when a history has more corrections than a record may have, the latest are kept, whichever way they are sorted", () => {
  const days = Array.from({ length: MAX_CORRECTIONS + 6 }, (_, n) =>
    new Date(Date.UTC(2026, 0, 1 + n)).toISOString(),
  );
  const latest = days.slice(6);
  for (const order of [days, days.toReversed()]) {
    const corrections = order.map((at) => ({ kind: "correction" as const, note: at, at }));
    const { article, warnings } = readArticle({ ...MINIMAL, corrections }, { now: NOW });
    const kept = article.status === "published" ? (article.corrections ?? []) : [];
    expect(kept.map(({ at }) => at).sort()).toEqual(latest);
    expect(warnings).toEqual([
      { pointer: "#/corrections", detail: expect.stringContaining("only the latest") },
    ]);
  }
});
