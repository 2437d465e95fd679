import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ArticleInput } from "../../src/core/article.ts";
import { open, type Seen, startBrowser, type View } from "./chromium.ts";
import { type Newsroom, PICTURE, startNewsroom, story } from "./newsroom.ts";

/** The page of a feed in a browser, on a wire as `npm start` runs it. */

const WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(3);

/** A word that is wider than a screen in every place that has text, and a picture of one column. */
const WORDY: Partial<ArticleInput> = {
  ...{ headline: WORD, summary: WORD, section: WORD, authors: [{ name: WORD }], source: { name: WORD } },
  ...{ breaking: { level: "urgent" }, change: { kind: "correction", note: WORD } },
  media: [{ ...PICTURE, width: 1, height: 10_000, alt: WORD, caption: WORD, credit: WORD }],
};

let browser: Browser;
let newsroom: Newsroom;
beforeAll(async () => {
  [browser, newsroom] = await Promise.all([startBrowser(), startNewsroom()]);
  await newsroom.send(story("one", { media: [PICTURE] }));
  await newsroom.send(story("two", { change: { kind: "correction", note: "It was a Tuesday." } }));
  await newsroom.send(story("noted", { change: { kind: "correction", note: "It was a Monday." } }));
  await newsroom.send(story("three", { section: "City" }));
  await newsroom.send(
    story("flash", { headline: "Bridge closed", breaking: { level: "flash" }, section: "City" }),
  );
  await newsroom.send(story("arabic", { language: "ar", headline: "إغلاق الجسر", section: "المدينة" }));
  await newsroom.send(story("wordy", WORDY));
  await newsroom.send(story("killed"));
  await newsroom.kill("killed", "The story named the wrong town.");
});
afterAll(async () => {
  await browser.close();
  await newsroom.close();
});

const seen = (path: string, view?: View): Promise<Seen> => open(browser, newsroom.url + path, view);

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, a line each. It is put in past the policy of the page, which lets nothing foreign run. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(" ")}`),
  );
}

describe.each([
  ["a page of every kind of story", "/feeds/all/"],
  ["the page of a section with a killed story", "/feeds/section/world/"],
  ["a page from right to left", "/feeds/language/ar/"],
  ["a page without stories", "/feeds/corrections/"],
])("%s", (_, path) => {
  test.each(["light", "dark"] as const)(
    "has nothing that keeps anybody from reading it, and the browser complains of nothing (%s)",
    async (colorScheme) => {
      for (const width of [320, 1440]) {
        const { page, problems } = await seen(path, { colorScheme, viewport: { width, height: 900 } });
        expect(await violations(page)).toEqual([]);
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow).toBeLessThanOrEqual(0);
        expect(problems).toEqual([]);
        await page.context().close();
      }
    },
  );
});

test("without a script everything is there: stories, times in UTC, addresses; and no button that would do nothing", async () => {
  const { page } = await seen("/feeds/all/", { javaScriptEnabled: false });
  await expect(page.locator(".story:not(.is-withdrawn)").count()).resolves.toBe(7);
  expect(await page.locator("#bar").isVisible()).toBe(true);
  expect(await page.locator(".story time").first().textContent()).toMatch(/^2026-\d\d-\d\d \d\d:\d\d UTC$/);
  expect(await page.locator(".addresses a").first().getAttribute("href")).toBe(
    `${newsroom.url}/feeds/all/rss.xml`,
  );
  expect(await page.locator("button:visible").count()).toBe(0);
});

test("with a script times are those of the reader's own zone", async () => {
  const { page } = await seen("/feeds/section/world/");
  const time = page.locator('[data-id="one"] time').first();
  // 18:00 in London is 3 in the morning of the next day in Tokyo.
  expect(await time.getAttribute("title")).toContain("November 25, 2026");
  expect(await time.textContent()).toMatch(/3:00/);
});

test("a button copies the address of a feed, and says so", async () => {
  const { page } = await seen("/feeds/all/", { permissions: ["clipboard-read", "clipboard-write"] });
  const button = page.locator("button.copy").first();
  await button.click();
  await expect.poll(() => button.textContent()).toBe("Copied");
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${newsroom.url}/feeds/all/rss.xml`);
});

test("when the browser refuses to copy, the reader gets the address to copy by hand", async () => {
  const { page, problems } = await seen("/feeds/all/");
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))");
  const shown = page.waitForEvent("dialog");
  const clicked = page.locator("button.copy").first().click();
  const dialog = await shown;
  expect(dialog.defaultValue()).toBe(`${newsroom.url}/feeds/all/rss.xml`);
  await dialog.dismiss();
  await clicked;
  expect(problems).toEqual([]);
});

test("feed readers find every format by the page alone", async () => {
  const { page } = await seen("/feeds/all/");
  const links = page.locator('link[rel="alternate"]');
  const found = await links.evaluateAll((all) =>
    all.map((link) => [link.getAttribute("type"), (link as unknown as { href: string }).href]),
  );
  for (const [type = "", href = ""] of found) {
    const response = await fetch(String(href));
    expect(response.headers.get("content-type")).toContain(type);
  }
  expect(found).toHaveLength(3);
});

test("a page in Arabic runs from right to left, and an English story in it would not", async () => {
  const { page } = await seen("/feeds/language/ar/");
  expect(await page.evaluate("getComputedStyle(document.body).direction")).toBe("rtl");
  const all = await seen("/feeds/all/");
  const directions = all.page
    .locator(".story")
    .evaluateAll((stories) => stories.map((one) => one.getAttribute("dir")));
  expect(await directions).toEqual(expect.arrayContaining(["rtl", "ltr"]));
});

test("a picture that fails leaves no hole, and takes its caption with it", async () => {
  const whole = await seen("/feeds/section/world/");
  await expect.poll(() => whole.page.locator("figure").count()).toBe(1);
  expect(await whole.page.locator("figcaption").textContent()).toBe(
    "The bridge on Thursday. Photo: Kim Lee / Agency",
  );
  const { page } = await seen("/feeds/section/world/", { broken: true });
  await page.locator(".story").last().scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator("figure").count()).toBe(0);
});

test("the keyboard comes to the stories at once", async () => {
  const { page } = await seen("/feeds/all/");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.className")).toBe("skip");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("stories");
});

describe("while the page is open", () => {
  test("breaking news and kills appear at once, other stories wait until the reader wants them", async () => {
    const { page, problems } = await seen("/feeds/all/", { viewport: { width: 390, height: 700 } });
    await page.clock.install();
    await page.reload();
    await page.evaluate("scrollTo(0, 900)");
    const top = () => page.locator('[data-id="one"]').evaluate((one) => one.getBoundingClientRect().top);
    const before = await top();
    await newsroom.send(story("late", { headline: "Trains stopped", breaking: { level: "flash" } }));
    await newsroom.send(story("later", { headline: "A quiet story" }));
    await newsroom.kill("three", "Withdrawn for a test.");
    const asked = page.waitForRequest((request) => request.url().endsWith("/feeds/all/"));
    await page.clock.fastForward(31_000);
    expect((await (await asked).allHeaders())["cache-control"] ?? "no-cache").toContain("no-cache");
    await expect.poll(() => page.locator("#bar").textContent()).toContain("Trains stopped");
    await expect
      .poll(() => page.locator('[data-id="three"]').getAttribute("class"))
      .toContain("is-withdrawn");
    expect(await page.locator('[data-id="late"]').count()).toBe(0);
    // The story that the reader reads has not moved.
    expect(Math.abs((await top()) - before)).toBeLessThan(2);
    const button = page.locator(".fresh button");
    expect(await button.textContent()).toBe("2 new stories");
    await button.click();
    expect(await page.locator('[data-id="later"] h2').textContent()).toBe("A quiet story");
    expect(await button.count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test("when a story has not changed, it stays the same element, and when a link has the focus, it keeps it", async () => {
    const { page } = await seen("/feeds/all/");
    await page.clock.install();
    await page.reload();
    await page.locator('[data-id="one"]').evaluate((one) => one.classList.add("untouched"));
    await page.locator('[data-id="two"] h2 a').focus();
    const focused = () => page.evaluate("document.activeElement.getAttribute('href')");
    expect(await focused()).toBe("https://news.example.org/two");
    const change = { kind: "correction", note: "It was a Tuesday." } as const;
    const updated = "2026-11-24T19:00:00Z";
    await newsroom.send(story("two", { headline: "Told better", change, updated }));
    await page.clock.fastForward(31_000);
    await expect.poll(() => page.locator('[data-id="two"] h2').textContent()).toBe("Told better");
    expect(await page.locator('[data-id="one"].untouched').count()).toBe(1);
    expect(await focused()).toBe("https://news.example.org/two");
  });

  test("a story that leaves the feed without a stub is gone at once, and the stories around it stay", async () => {
    const { page } = await seen("/feeds/corrections/");
    await page.clock.install();
    await page.reload();
    expect(await page.locator('[data-id="noted"]').count()).toBe(1);
    // The newsroom takes the note back, so that the story leaves the feed without a stub.
    await newsroom.send(story("noted"));
    await page.clock.fastForward(31_000);
    await expect.poll(() => page.locator('[data-id="noted"]').count()).toBe(0);
    expect(await page.locator('[data-id="two"]').count()).toBe(1);
  });

  test.each([
    ["a page to log in", () => "<!DOCTYPE html><title>Log in</title><form></form>", {}],
    ["a page that is torn", (whole: string) => whole.slice(0, whole.indexOf("<footer")), {}],
    [
      "the page of another feed",
      (whole: string) => whole.replace(/(canonical" href="[^"]+)all/, "$1other"),
      {},
    ],
    ["an older copy", (whole: string) => whole, { "Last-Modified": "Tue, 24 Nov 2020 18:00:00 GMT" }],
  ])(
    "when a cache answers %s, the page stays as it is, and takes the next whole one",
    async (_, spoilt, headers) => {
      const { page, problems } = await seen("/feeds/all/");
      await page.clock.install();
      await page.reload();
      const stories = () => page.locator(".story").count();
      const before = await stories();
      const whole = await (await fetch(`${newsroom.url}/feeds/all/`)).text();
      const emptied = whole.replace(/<article .*<\/article>/s, "");
      const answer = async (body: string, more: Record<string, string>) => {
        await page.unroute(/feeds\/all\/$/);
        await page.route(/feeds\/all\/$/, (route) =>
          route.fulfill({ body, headers: { "Content-Type": "text/html", ETag: '"same"', ...more } }),
        );
        const asked = page.waitForResponse(/feeds\/all\/$/);
        await page.clock.fastForward(31_000);
        await (await asked).finished();
      };
      const now = { "Last-Modified": new Date().toUTCString() };
      await answer(whole, now);
      await answer(spoilt(emptied), { ETag: '"spoilt"', ...now, ...headers });
      await page.evaluate("new Promise((done) => requestAnimationFrame(done))");
      expect(await stories()).toBe(before);
      await answer(emptied, { ETag: '"spoilt"', ...now });
      await expect.poll(stories).toBe(0);
      expect(problems).toEqual([]);
    },
  );

  test("a hidden page asks for nothing", async () => {
    const { page } = await seen("/feeds/all/");
    await page.clock.install();
    await page.reload();
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/feeds/all/")) asked++;
    });
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
    await page.clock.fastForward(120_000);
    expect(asked).toBe(0);
    await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
    await expect.poll(() => asked).toBe(1);
  });

  test("when the wire fails, the page asks less and less often", async () => {
    const { page } = await seen("/feeds/all/");
    let asked = 0;
    await page.clock.install();
    await page.reload();
    await page.route("**/feeds/all/", (route) => {
      asked++;
      return route.fulfill({ status: 503, body: "" });
    });
    await page.clock.runFor(31_000);
    await expect.poll(() => asked).toBe(1);
    // The pause is a minute now.
    await page.clock.runFor(35_000);
    expect(asked).toBe(1);
    await page.clock.runFor(30_000);
    await expect.poll(() => asked).toBe(2);
  });
});

test("the first story is on the screen of a phone on a slow network within a second (printed)", async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  // 4G as Lighthouse has it: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 92_160 },
  });
  await page.goto(`${newsroom.url}/feeds/all/`);
  // The page may be loaded before it is painted.
  const asked = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
  await expect.poll(() => page.evaluate<number>(asked)).toBeGreaterThan(0);
  const paint = await page.evaluate<number>(asked);
  console.log(`first contentful paint after ${Math.round(paint)} ms`);
  expect(paint).toBeGreaterThan(0);
});
