import { expect, test } from "vitest";
import { htmlProblems } from "../support/html.ts";
import { testWire } from "./support.ts";

/** What Firefox sends when somebody types an address. */
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

const asks = (path: string, accept?: string, method = "GET") =>
  testWire().send(method, path, { headers: accept === undefined ? {} : { Accept: accept }, token: null });

test.each(["/no/such/page", "/feeds/no-such-feed/", "/feeds/all/feed.docx"])(
  "when a browser asks for %s, where nothing is, it gets a page that leads to all feeds",
  async (path) => {
    const response = await asks(path, BROWSER);
    expect(response.status).toBe(404);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": expect.stringMatching(/^default-src 'none'; /),
      vary: expect.stringMatching(/\baccept\b(?!-)/i),
    });
    const html = await response.text();
    expect(html).toContain("<h1>There is nothing at this address</h1>");
    expect(html).toContain('<a class="button" href="/">All feeds</a>');
    expect(html).toContain('<meta name="robots" content="noindex">');
    expect(html).not.toContain("<script");
    expect(await htmlProblems(html)).toEqual([]);
  },
);

test.each([undefined, "*/*", "application/json", "application/rss+xml, text/html;q=0.5, */*"])(
  "when a program asks with Accept: %s, it gets the problem document",
  async (accept) => {
    const response = await asks("/feeds/no-such-feed/", accept);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("vary")).toMatch(/\baccept\b(?!-)/i);
    expect(JSON.parse(await response.text())).toMatchObject({ status: 404 });
  },
);

test("when a form is sent to where nothing is, the answer is a problem document for browsers too", async () => {
  const response = await asks("/no/such/page", BROWSER, "POST");
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});
