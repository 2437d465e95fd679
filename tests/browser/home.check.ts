import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, startBrowser } from "./chromium.ts";
import { type Newsroom, PICTURE, startNewsroom, story } from "./newsroom.ts";

/** The page at the root in a browser, on a wire as `npm start` runs it. */

let browser: Browser;
let newsroom: Newsroom;
beforeAll(async () => {
  [browser, newsroom] = await Promise.all([startBrowser(), startNewsroom()]);
  for (let n = 0; n < 60; n++)
    await newsroom.send(story(`s${n}`, { section: `Bezirk Köln ${n}`, media: n % 2 === 0 ? [PICTURE] : [] }));
  // Urgent news brings the page up to date; the tick would do so within the minute.
  await newsroom.send(story("flash", { headline: "Bridge closed", breaking: { level: "flash" } }));
});
afterAll(async () => {
  await browser.close();
  await newsroom.close();
});

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const home = (view = {}) => open(browser, `${newsroom.url}/`, view);

test.each(["light", "dark"] as const)(
  "the page has nothing that keeps anybody from reading it, and the browser complains of nothing (%s)",
  async (colorScheme) => {
    const { page, problems } = await home({ colorScheme });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(problems).toEqual([]);
  },
);

test("it shows what is breaking, the latest stories, and where feeds are", async () => {
  const { page } = await home();
  expect(await page.locator("#bar li").allTextContents()).toEqual([expect.stringContaining("Bridge closed")]);
  expect(await page.locator("#stories .story").count()).toBe(20);
  await page.locator("#listed .name", { hasText: "Breaking news" }).click();
  await page.waitForURL("**/feeds/breaking/");
});

test("when a reader types, all feeds that match are found, whatever the accents, and the list comes back", async () => {
  await expect
    .poll(async () => (await (await fetch(`${newsroom.url}/search.json`)).text()).length, { timeout: 60_000 })
    .toBeGreaterThan(4_000);
  const { page, problems } = await home();
  const field = page.locator("#search input");
  await field.fill("koln 59");
  await page.locator("#search .name").waitFor();
  expect(await page.locator("#search .name").allTextContents()).toEqual(["Bezirk Köln 59"]);
  expect(await page.locator("#search .address").getAttribute("href")).toBe(
    `${newsroom.url}/feeds/section/bezirk-k%C3%B6ln-59/rss.xml`,
  );
  expect(await page.locator("#listed").isVisible()).toBe(false);
  await field.fill("nowhere");
  await page.locator("#search [role=status]", { hasText: "No feed matches" }).waitFor();
  await field.fill("");
  await page.locator("#listed").waitFor();
  expect(problems).toEqual([]);
});

test("without a script the feeds are a plain list with links to their addresses", async () => {
  const { page } = await home({ javaScriptEnabled: false });
  expect(await page.locator("#search").isVisible()).toBe(false);
  expect(await page.locator("#listed .address").first().getAttribute("href")).toBe(
    `${newsroom.url}/feeds/all/rss.xml`,
  );
});

test.each([320, 768, 1440])("nothing is wider than a screen of %i pixels", async (width) => {
  const { page } = await home({ viewport: { width, height: 800 } });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
});
