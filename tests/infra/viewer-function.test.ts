import { describe, expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";
import { FORMATS } from "../../src/render/formats.ts";
import { runAtEdge, runOnAnswer } from "../support/edge-function.ts";

const code = fromSite({ hubs: [] }).functions.Resources.ViewerFunction.Properties.FunctionCode;
const AT = "https://wire.example.org";

describe("when the function of the distribution runs", () => {
  const answered = (path: string, headers: Record<string, string>, status = 200) =>
    runOnAnswer(code, { method: "GET", url: `${AT}${path}` }, { status, headers });

  test.each(FORMATS.map(({ file, contentType, storedType }) => [file, storedType, contentType]))(
    "it gives %s, stored as %s, the type %s",
    (file, stored, type) => {
      const headers = { "content-type": stored, etag: 'W/"1"', "content-encoding": "gzip" };
      expect(answered(`/feeds/section/us/${file}?a=1`, headers)).toEqual({
        ...headers,
        "content-type": type,
      });
    },
  );

  test("it gives no media type to what has none, such as a 304 or the answer to a preflight", () => {
    expect(answered("/feeds/all/atom.xml", { etag: '"1"' }, 304)).toEqual({ etag: '"1"' });
  });

  test("it leads from /feeds to the stored list of feeds, whatever the query says", () => {
    for (const query of ["", "?a=1", "?constructor=2"])
      expect(runAtEdge(code, "GET", `${AT}/feeds${query}`)).toEqual({ path: "/feeds/index.json" });
  });

  test("it says where the pages of the list are, where somebody asks for one by its name of the version before", () => {
    expect(runAtEdge(code, "GET", `${AT}/feeds?after=tag%2Fx`)).toMatchObject({
      status: 400,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    });
  });

  test.each([
    ["/feeds/all/", "/feeds/all/index.html"],
    ["/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/", "/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/index.html"],
  ])("it leads from %s to the page of the feed", (path, file) => {
    expect(runAtEdge(code, "GET", `${AT}${path}?a=1`)).toEqual({ path: file });
  });

  test.each([
    ["/feeds/all", "/feeds/all/"],
    ["/feeds/section/usa?a=1", "/feeds/section/usa/?a=1"],
    ["/feeds/all/index.html", "/feeds/all/"],
  ])("it sends somebody who types %s on to the address of the page", (path, page) => {
    const { status, headers } = runAtEdge(code, "GET", `${AT}${path}`);
    expect([status, headers?.location]).toEqual([301, `${AT}${page}`]);
  });

  test("it leads to a document of a feed as it is asked for", () => {
    for (const path of ["/feeds/all/rss.xml", "/feeds/all/nothing.txt"])
      expect(runAtEdge(code, "GET", `${AT}${path}`)).toEqual({ path });
  });

  test("it leaves other files as they are", () => {
    for (const file of ["page.html", "atom.xml.gz", "constructor"])
      expect(answered(`/feeds/all/${file}`, { "content-type": "text/html" })).toEqual({
        "content-type": "text/html",
      });
  });

  test("it leads from the root to the page there, whatever else the path goes through before", () => {
    for (const path of ["/", "/index.html"])
      expect(runAtEdge(code, "GET", `${AT}${path}?a=1`)).toEqual({ path: "/index.html" });
  });

  test.each(["/feeds/", "/feeds/index.html"])(
    "it sends a reader of %s on to the page at the root",
    (path) => {
      expect(runAtEdge(code, "GET", `${AT}${path}?a=1`)).toMatchObject({
        status: 301,
        headers: { location: `${AT}/?a=1` },
      });
    },
  );
});
