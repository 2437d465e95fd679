import { describe, expect, test } from "vitest";
import { readArticle } from "../../src/validate/article.ts";
import { MAX_PROBLEMS, MAX_PROBLEMS_BYTES } from "../../src/validate/limits.ts";

const NOW = Date.parse("2026-11-24T20:00:00Z");
const STORY = {
  id: "summit",
  url: "https://news.example.org/a/summit.html",
  headline: "Second summit agreed",
  published: "2026-11-24T18:00:00Z",
};
const LONG = "北".repeat(300);
const unknown = (count: number, name: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), 1]));

const problemsIn = (record: object, strict = false) => {
  try {
    return readArticle({ ...STORY, ...record }, { now: NOW, strict }).warnings;
  } catch (error) {
    return (error as { errors: { pointer: string; detail: string }[] }).errors;
  }
};

const HUGE: Record<string, object> = {
  "1,000 wrong tags": { tags: Array.from({ length: 1_000 }, (_, i) => ({ nme: `tag ${i}` })) },
  "1,000 tags with a member of a long name": {
    tags: Array.from({ length: 1_000 }, (_, i) => ({ name: `tag ${i}`, [LONG]: 1 })),
  },
  "1,000 unknown fields of long names": unknown(1_000, (i) => `${i}${LONG}`),
  "media of many wrong members": {
    media: Array.from({ length: 128 }, () => ({ url: "https://a.example/x.jpg", role: LONG, [LONG]: LONG })),
  },
};

describe("when a record has more wrong than an answer names", () => {
  test.each(Object.keys(HUGE))("%s: its warnings stay small, and the last one counts the others", (name) => {
    const warnings = problemsIn(HUGE[name] as object);
    expect(warnings.length).toBeGreaterThan(1);
    expect(warnings.length).toBeLessThanOrEqual(MAX_PROBLEMS);
    expect(Buffer.byteLength(JSON.stringify(warnings))).toBeLessThanOrEqual(MAX_PROBLEMS_BYTES);
    const { pointer, detail } = warnings.at(-1) ?? {};
    expect([pointer, detail]).toEqual(["#", expect.stringMatching(/^has \d+ more warnings, which are not/)]);
  });

  test.each(Object.keys(HUGE))("%s: its errors stay small, and the problem counts them all", (name) => {
    const errors = problemsIn(HUGE[name] as object, true);
    expect(errors.length).toBeLessThanOrEqual(MAX_PROBLEMS);
    expect(Buffer.byteLength(JSON.stringify(errors))).toBeLessThanOrEqual(MAX_PROBLEMS_BYTES);
    const read = () => readArticle({ ...STORY, ...HUGE[name] }, { now: NOW, strict: true });
    expect(read).toThrow(new RegExp(`fields are wrong; the first ${errors.length} are listed`));
  });

  test("those of one that just fits are all named", () => {
    const warnings = problemsIn(unknown(MAX_PROBLEMS, (i) => `x${i}`));
    expect(warnings.map(({ pointer }) => pointer)).toEqual(
      Array.from({ length: MAX_PROBLEMS }, (_, i) => `#/x${i}`),
    );
  });
});

test("when a kill has a wrong date among 1,000 unknown fields, it is a kill of now", () => {
  const record = { ...STORY, ...unknown(1_000, (i) => `x${i}`), status: "withdrawn", updated: "yesterday" };
  expect(readArticle(record, { now: NOW }).article).toMatchObject({
    status: "withdrawn",
    updated: new Date(NOW).toISOString(),
  });
});
