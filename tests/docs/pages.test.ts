import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import example from "../../examples/article.json" with { type: "json" };
import type { ArticleInput } from "../../src/core/article.ts";
import { shownArticle } from "../../src/core/version.ts";
import { nextRecord } from "../../src/ingest/next-record.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { ALL_FEED, accepted, byId, TEST_SITE, windowOf } from "../support/articles.ts";
import { byFormat } from "../support/documents.ts";
import { anchorsIn, codeIn, linksIn, type Page, pages, ROOT, read } from "./support.ts";

/** What a newcomer reads before losing patience. */
const MAX_README_LINES = 120;

/** The links of a page to files of the project that do not exist, or to headings that the file does not have. */
function brokenLinks({ path, text }: Page): string[] {
  return linksIn(text).filter((address) => {
    if (/^[a-z]+:/.test(address)) return false;
    const [file = "", anchor] = address.split("#");
    const target = posix.join(posix.dirname(path), file);
    if (file !== "" && !existsSync(posix.join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsIn(file === "" ? text : read(target)).has(anchor);
  });
}

/** Files that a page names in backticks, such as `src/core/keys.ts`, and that do not exist. */
function missingFiles({ text }: Page): string[] {
  const named = [...codeIn(text)].filter((code) =>
    /^(src|tests|docs|bench|infra|scripts|functions|examples)\/[\w./-]+\.\w+$/.test(code),
  );
  return named.filter((path) => !existsSync(posix.join(ROOT, path)));
}

/** Rows that belong to no table: a table begins with its head and a line of dashes, and ends with an empty line. */
function strayRows({ text }: Page): string[] {
  const blocks = text.replace(/^```[\s\S]*?^```/gm, "").match(/^\|.*(\n\|.*)*/gm) ?? [];
  return blocks.filter((block) => !/^\|.*\n\|[-| :]+\|\n/.test(block));
}

describe.each(pages())("the page $path", (page) => {
  test("when it links to a file or a heading of the project, it names one that exists", () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("when it names a file of the project, the file exists", () => {
    expect(missingFiles(page)).toEqual([]);
  });

  test("when it has a row of a table, the row stands in a table", () => {
    expect(strayRows(page)).toEqual([]);
  });
});

describe("the README", () => {
  test("when a newcomer opens it, it has no more lines than they read", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(MAX_README_LINES);
  });

  test("when it shows a part of a document, the wire renders every line of it, in that order", () => {
    const shown = /```xml\n([\s\S]*?)```/.exec(read("README.md"))?.[1] ?? "";
    const article = accepted(example as ArticleInput);
    const sent = { ...article, guid: article.guid.replace(",2018:", ",2026:") };
    const now = Date.parse("2026-11-02T09:00:00Z");
    const record = nextRecord(TEST_SITE, sent, { current: undefined, relation: "first", found: [], now });
    const articles = [shownArticle(record) ?? sent];
    const documents = createRenderer(TEST_SITE).render(ALL_FEED, windowOf(articles), byId(articles));
    const document = Buffer.from(byFormat(documents).rss).toString();
    const lines = shown.split("\n").flatMap((line) => line.trim() || []);
    expect(lines.length).toBeGreaterThan(5);
    let end = 0;
    for (const line of lines) {
      expect(document.slice(end)).toContain(line);
      end = document.indexOf(line, end) + line.length;
    }
  });
});

describe("the check itself", () => {
  const broken = (text: string) => brokenLinks({ path: "docs/x.md", text });

  test("when a link leads nowhere, it finds the link", () => {
    expect(broken("[a](nothing.md) [b](../README.md) [c](https://example.org/x)")).toEqual(["nothing.md"]);
  });

  test("when a link names a heading that the file does not have, it finds the link", () => {
    expect(
      broken("[a](../README.md#five-minutes) [b](../README.md#six-minutes) [c](#here)\n\n# Here"),
    ).toEqual(["../README.md#six-minutes"]);
  });

  test("when a page names a file that does not exist, it finds the name", () => {
    const text = "`src/core/keys.ts` `src/nothing.ts` `src/core/`";
    expect(missingFiles({ path: "docs/x.md", text })).toEqual(["src/nothing.ts"]);
  });
});
