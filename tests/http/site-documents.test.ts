import { expect, test } from "vitest";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { ORIGIN, problem, STORY, testWire } from "./support.ts";

const RIGHTS = { syndication: "allow", training: "deny", answers: "deny", search: "allow" };
const TYPES = {
  "/robots.txt": "text/plain; charset=utf-8",
  "/opml.xml": "application/xml; charset=utf-8",
  "/license.rsl": "application/rsl+xml",
  "/.well-known/tdmrep.json": "application/json",
};
const LICENCE = `<${ORIGIN}/license.rsl>; rel="license"; type="application/rsl+xml"`;

test.each(Object.entries(TYPES))(
  "when somebody asks for %s, it is served as it is stored, with all headers",
  async (path, type) => {
    const wire = testWire({ rights: RIGHTS });
    await writeDirectory(wire.services);
    const answer = await wire.send("GET", path, { token: null });
    const stored = await wire.stores.published.get(path.slice(1));
    expect(await answer.text()).toBe(Buffer.from(stored?.body ?? []).toString());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": type,
      "cache-control": "public, max-age=60, stale-while-revalidate=60, stale-if-error=86400",
      link: `<${ORIGIN}${path}>; rel="self", ${LICENCE}`,
      "tdm-reservation": "1",
      "access-control-allow-origin": "*",
    });
    const known = { "If-None-Match": answer.headers.get("etag") ?? "" };
    expect((await wire.send("GET", path, { token: null, headers: known })).status).toBe(304);
    expect((await wire.send("OPTIONS", path, { token: null })).status).toBe(204);
  },
);

test("when a site file has rights, documents of feeds say so in their headers, beside the hubs", async () => {
  const wire = testWire({ rights: RIGHTS });
  await wire.send("PUT", `/articles/${STORY.id}?wait=published`, { body: STORY });
  const { headers } = await wire.send("GET", "/feeds/all/atom.xml", { token: null });
  expect(headers.get("link")).toBe(
    `<${ORIGIN}/feeds/all/atom.xml>; rel="self", <https://hub.example.org/>; rel="hub", ${LICENCE}`,
  );
  expect(headers.get("tdm-reservation")).toBe("1");
});

test("when a site file says nothing of rights, there is no licence, and no header speaks of one", async () => {
  const wire = testWire();
  await writeDirectory(wire.services);
  for (const path of ["/license.rsl", "/.well-known/tdmrep.json"])
    expect(await problem(await wire.send("GET", path, { token: null }))).toMatchObject({ status: 404 });
  const { headers } = await wire.send("GET", "/robots.txt", { token: null });
  expect(headers.get("link")).toBe(`<${ORIGIN}/robots.txt>; rel="self"`);
  expect(headers.has("tdm-reservation")).toBe(false);
});
