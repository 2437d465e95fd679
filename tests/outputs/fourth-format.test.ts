import { mkdtempSync, rmSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addFeeds } from "../../src/cli/commands/feeds.ts";
import { addShow } from "../../src/cli/commands/show.ts";
import { readConfig } from "../../src/config/environment.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { createServices } from "../../src/services.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";

/** The one row that a new format takes. */
vi.mock("../../src/render/formats.ts", async (original) => {
  const { FORMATS } = await original<typeof import("../../src/render/formats.ts")>();
  const { plainText } = await import("./plain-text.ts");
  return { FORMATS: [...FORMATS, plainText] };
});

describe("when a fourth format has its file and its row", () => {
  let data: string;
  let wire: Wire;
  const start = async (port = "0") => {
    wire = await startWire(readConfig({ FLASHWIRE_DATA: data, PORT: port }), () => {});
  };
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "flashwire-fourth-format-"));
    await start();
    const response = await fetch(`${wire.url}/articles/one?wait=published`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${wire.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        url: "https://news.example.org/one",
        headline: "One story",
        section: "City",
        published: "2026-11-01T08:00:00Z",
      }),
    });
    expect(response.status).toBe(201);
    // The answer comes before the audit of the start ends, and the audit would write documents too.
    await wire.idle();
  });
  afterAll(async () => {
    await wire.close();
    rmSync(data, { recursive: true });
  });

  const DOCUMENT = "The Example Times: All stories\n\nOne story https://news.example.org/one\n";
  const file = () => join(data, "site/feeds/all/feed.txt");

  /** What a command prints. */
  async function printed(add: (program: Command) => void, ...words: string[]): Promise<string> {
    const program = new Command().option("--url <origin>").option("--token <token>").option("--json");
    add(program);
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      await program.parseAsync([...words, "--url", wire.url, "--token", String(wire.token)], {
        from: "user",
      });
      return write.mock.calls.map(([text]) => String(text)).join("");
    } finally {
      write.mockRestore();
    }
  }

  test("it is rendered, and served with its headers and as a 304", async () => {
    const response = await fetch(`${wire.url}/feeds/all/feed.txt`);
    expect(await response.text()).toBe(DOCUMENT);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400",
      link: expect.stringContaining("/feeds/all/feed.txt>"),
    });
    const headers = { "If-None-Match": String(response.headers.get("etag")) };
    expect((await fetch(`${wire.url}/feeds/all/feed.txt`, { headers })).status).toBe(304);
  });

  test("it is listed in the directory, in the places of an article and in OpenAPI", async () => {
    const json = async (path: string, headers = {}) =>
      JSON.parse(await (await fetch(wire.url + path, { headers })).text());
    const [first] = (await json("/feeds")).feeds;
    expect(first).toMatchObject({ name: "all", text: `${wire.url}/feeds/all/feed.txt` });
    const places = await json("/articles/one/feeds", { Authorization: `Bearer ${wire.token}` });
    expect(places.feeds[0].text).toBe(`${wire.url}/feeds/all/feed.txt`);
    const { paths, components } = await json("/openapi.json");
    expect(paths["/feeds/{feed}/feed.txt"].get.responses[200].content).toHaveProperty("text/plain");
    expect(components.schemas.Directory.properties.feeds.items.properties).toHaveProperty("text");
  });

  test("it is shown by `show`, and named by `feeds`", async () => {
    const { documents } = JSON.parse(await printed(addShow, "show", "one", "--json"));
    expect(documents).toContainEqual(
      expect.objectContaining({ feed: "all", format: "text", state: "present" }),
    );
    expect(await printed(addFeeds, "feeds")).toContain("feed.txt");
  });

  test("it is guarded: a put that loses against another writer does not bring an older document back", async () => {
    const { services } = wire;
    const { published } = services.stores;
    let other = Buffer.from("by another writer");
    const raced = {
      ...published,
      put: async (key: string, body: Uint8Array, options = {}) => {
        if (key.endsWith("all/feed.txt") && other.byteLength > 0) {
          const bytes = other;
          other = Buffer.alloc(0);
          await published.put(key, bytes);
        }
        return published.put(key, body, options);
      },
    };
    const writer = createServices({ ...services, stores: { ...services.stores, published: raced } });
    await rm(file());
    const report = await writer.publisher.publish(["one"]);
    expect(report.failed).toEqual([]);
    await wire.idle();
    expect(await readFile(file(), "utf8")).toBe(DOCUMENT);
    expect(report.changed.map(({ key }) => key)).toEqual(["feeds/all/feed.txt"]);
  });

  test("it is rebuilt", async () => {
    await writeFile(file(), "broken");
    await rebuild(wire.services);
    await wire.idle();
    expect(await readFile(file(), "utf8")).toBe(DOCUMENT);
  });

  test("it is audited: a damaged document is mended after the next start", async () => {
    await wire.close();
    await writeFile(file(), "broken");
    // On the same port: with another origin all documents would be written again in any case.
    await start(new URL(wire.url).port);
    await wire.idle();
    expect(await readFile(file(), "utf8")).toBe(DOCUMENT);
  });
});
