import { expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";
import { matchesPattern } from "../../infra/path-pattern.ts";
import { runAtEdge } from "../support/edge-function.ts";

const SITE = {
  hubs: [],
  aws: { cacheSeconds: { "/feeds/section/*": 5 } },
  renamed: { "section/usa": "section/us", "tag/北朝鮮": "tag/朝鮮", usa: "us", us: "america" },
  merged: { "section/england": "section/uk" },
};

const functionOf = (site: Parameters<typeof fromSite>[0]) =>
  fromSite(site).functions.Resources.ViewerFunction.Properties.FunctionCode;

const ask = (path: string, site: Parameters<typeof fromSite>[0] = SITE) =>
  runAtEdge(functionOf(site), "GET", `https://wire.example.org${path}`);

/** The first behavior that takes this path, if it is not the default one. */
function behaviorAt(address: string) {
  const { pathname } = new URL(address, "https://wire.example.org");
  return fromSite(SITE).behaviors.find(({ PathPattern }) => matchesPattern(PathPattern, pathname));
}

test("when a site file renames feeds, the paths of the old ones alone run the function", () => {
  const runs = (path: string) => JSON.stringify(behaviorAt(path) ?? {}).includes("viewer-request");
  for (const old of ["section/usa", "tag/北朝鮮", "usa", "us", "section/england", "tag/i\u0307stanbul"]) {
    for (const file of ["rss.xml", "atom.xml", "feed.json", ""])
      expect(runs(`/feeds/${old}/${file}`), old).toBe(true);
  }
  const others = ["all", "america", "section/us", "section/usable", "section/uk", "tag/朝鮮", "tag/北朝鮮人"];
  for (const other of [...others, "tag/istanbul", "tag/xe5x8cx97", "usable"]) {
    expect(runs(`/feeds/${other}/rss.xml`), other).toBe(false);
  }
});

test("when a reader asks for an old address, the edge sends it to the same document of the new feed", () => {
  const moved = (path: string) => ask(path).headers?.location;
  expect(ask("/feeds/section/usa/rss.xml")).toEqual({
    status: 301,
    headers: {
      location: "https://wire.example.org/feeds/section/us/rss.xml",
      "cache-control": "public, max-age=3600",
      "access-control-allow-origin": "*",
    },
  });
  expect(moved("/feeds/usa/atom.xml")).toBe("https://wire.example.org/feeds/america/atom.xml");
  expect(moved("/feeds/section/england/")).toBe("https://wire.example.org/feeds/section/uk/");
  expect(moved("/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/feed.json")).toBe(
    "https://wire.example.org/feeds/tag/%E6%9C%9D%E9%AE%AE/feed.json",
  );
  expect(moved("/feeds/section/i%CC%87stanbul/rss.xml")).toBe(
    "https://wire.example.org/feeds/section/istanbul/rss.xml",
  );
});

test.each(["?a=1&b=%20x&a=2=3&flag", "?q=%E5%8C%97&empty"])(
  "when the address has the query %s, the new one has it too",
  (query) => {
    const asked = new URLSearchParams(query);
    const kept = new URL(ask(`/feeds/usa/rss.xml${query}`).headers?.location ?? "").searchParams;
    asked.sort();
    kept.sort();
    expect([...kept]).toEqual([...asked]);
  },
);

test("when the path of another address comes to the function, it goes on as it is", () => {
  for (const path of ["/feeds/section/usa/x/rss.xml", "/feeds/all/rss.xml", "/feeds/constructor/rss.xml"]) {
    expect(ask(path)).toEqual({ path });
  }
});

test("when a site file renames nothing, the edge still knows the spelling of the version before", () => {
  const { behaviors } = fromSite({ hubs: [] });
  expect(behaviors.map(({ PathPattern }) => PathPattern)).toContain("/feeds/*i?CC?87*");
  expect(ask("/feeds/tag/i%CC%87zmir/rss.xml", { hubs: [] }).status).toBe(301);
});

test("when the site file asks for more than the CDN holds, the bundle says so and stops", () => {
  const names = (count: number, to: (i: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`section/old-${i}`, to(i)]));
  const seconds = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`/feeds/section/s-${i}/*`, 5]));
  const renamed = names(20, () => "all");
  const site = (more: object) => ({ hubs: [], aws: { cacheSeconds: seconds }, ...more });
  expect(() => fromSite(site({ renamed: names(19, () => "all") }))).not.toThrow();
  expect(() => fromSite(site({ renamed }))).toThrow(/asks for 76 paths .* which takes 75/);
  const long = "北".repeat(80);
  expect(() => fromSite({ hubs: [], renamed: { [`tag/${long}`]: "all" } })).toThrow(/255 characters/);
  expect(() => fromSite({ hubs: [], renamed: names(20, (i) => `tag/${i}${long.slice(3)}`) })).toThrow(
    /10240 bytes/,
  );
});
