import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/* Chromium from npm, or the browser that FLASHWIRE_CHROME names. */

/** What the package of Chromium says to functions alone: pages have to be checked as strictly as anywhere. */
const LAX = /web-security|single-process|zygote|running-insecure|site-isolation|disable-features/;

export async function startBrowser(): Promise<Browser> {
  const own = process.env.FLASHWIRE_CHROME;
  if (own) return chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  const { default: packed } = await import("@sparticuz/chromium");
  return chromium.launch({
    executablePath: await packed.executablePath(),
    args: packed.args.filter((arg) => !LAX.test(arg)),
  });
}

/** A page as one reader sees it. `problems`: what the browser has complained of since. */
export type Seen = { page: Page; problems: string[] };

export type View = BrowserContextOptions & {
  /** Whether pictures fail. Without it each one is a grey square. */
  broken?: boolean;
};

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800"><rect width="1200" height="800" fill="#888"/></svg>`;

/** Opens the address in a browser of its own, with no cache and no history. */
export async function open(browser: Browser, url: string, { broken, ...view }: View = {}): Promise<Seen> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Asia/Tokyo", ...view });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", ({ message }) => problems.push(message));
  // Interception takes the cache away, so only pages with pictures have it.
  await page.route(/^https:\/\/pictures\.example\.org\//, (route) =>
    broken ? route.abort() : route.fulfill({ contentType: "image/svg+xml", body: PICTURE }),
  );
  await page.goto(url);
  return { page, problems };
}
