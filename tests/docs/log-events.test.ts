import { expect, test } from "vitest";
import { sources, withoutComments } from "../architecture/sources.ts";
import { codeIn, read } from "./support.ts";

/** The runbook, and the page that has the events which `npm start` alone logs. */
const PAGES = ["docs/operations.md", "docs/local.md"];

const logged = new Set(
  sources("src/**/*.ts").flatMap(({ text }) =>
    [...withoutComments(text).matchAll(/\blog\(\s*"([a-z]+(?:[.-][a-z]+)+)"/g)].map(([, event]) => event),
  ),
);

test("when the code logs an event, a page for operators explains the event", () => {
  const explained = new Set(PAGES.flatMap((page) => [...codeIn(read(page))]));
  expect(logged.size).toBeGreaterThan(50);
  expect([...logged].filter((event) => !explained.has(event as string))).toEqual([]);
});

test("when a table of events in these pages has an event, the code logs the event", () => {
  const tables = PAGES.flatMap((page) => [...read(page).matchAll(/^\| event .*\n\|[-|]+\n((?:\|.*\n)+)/gm)]);
  const events = tables.flatMap(([, rows = ""]) =>
    [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = ""]) => [...codeIn(cell)]),
  );
  expect(events.length).toBeGreaterThan(30);
  expect(events.filter((event) => !logged.has(event))).toEqual([]);
});
