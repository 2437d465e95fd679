import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FollowedSource } from "../../src/core/site-sources.ts";
import { createFetch } from "../../src/fetch/fetch.ts";
import { followOnce, type Round } from "../../src/follow/round.ts";
import { withdraw } from "../../src/ingest/ingest.ts";
import { readRecord } from "../../src/repository/records.ts";
import { putSourceAuth, putSourceState, readSourceState } from "../../src/repository/sources.ts";
import { type FakePost, type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";
import { type MemoryWire, memoryWire } from "../support/wire.ts";

const MINUTE = 60_000;

let wire: MemoryWire;
let site: FakeWordPress;

beforeEach(async () => {
  wire = memoryWire();
  site = await startFakeWordPress([]);
});
afterEach(() => site.close());

const at = (milliseconds: number) => new Date(milliseconds).toISOString();
const post = (id: number, more: Partial<FakePost> = {}): FakePost => {
  const date = at(wire.clock.now - 1_000 * MINUTE + id * MINUTE);
  return { id, title: `Story ${id}`, content: `<p>Words of ${id}.</p>`, date, modified: date, ...more };
};
const fill = (count: number) => {
  for (let id = 1; id <= count; id++) site.posts.set(id, post(id));
};

const sourceAt = (kind: FollowedSource["kind"], url: string): FollowedSource => ({
  name: "cms",
  kind,
  url,
  every: 60,
  private: true,
});

async function poll(after = MINUTE, source = sourceAt("wordpress", site.url)): Promise<Round> {
  wire.clock.now += after;
  const outside = { fetch: createFetch(), sleep: async () => {} };
  return followOnce({ ...wire.services, outside }, source);
}

const statusOf = async (id: string) => (await readRecord(wire.services, id))?.article.status;
const stateOf = async () => (await readSourceState(wire.services, "cms"))?.value;

describe("a WordPress site", () => {
  test("when it is followed, its posts come, nothing is written for what has not changed, and a change comes with the next poll", async () => {
    fill(3);
    expect(await poll()).toMatchObject({ is: "done", taken: 3 });
    const writes = () => wire.logs.filter(({ event }) => event === "article.accepted").length;
    expect(writes()).toBe(3);
    expect(await poll()).toMatchObject({ is: "done", taken: 0 });
    site.posts.set(2, post(2, { title: "Changed", modified: at(wire.clock.now) }));
    expect(await poll()).toMatchObject({ is: "done", taken: 1 });
    expect(writes()).toBe(4);
    expect((await readRecord(wire.services, "wp-2"))?.article).toMatchObject({ headline: "Changed" });
  });

  test("when it is not yet time, it is not asked", async () => {
    await poll();
    const asked = site.asked.length;
    expect(await poll(59_000)).toMatchObject({ is: "early" });
    expect(site.asked).toHaveLength(asked);
  });

  test("when a post is removed, its article is withdrawn at the second word of the site, ten minutes after the first", async () => {
    fill(3);
    await poll();
    site.posts.delete(2);
    expect(await poll()).toMatchObject({ withdrawn: 0 });
    expect(await poll(9 * MINUTE)).toMatchObject({ withdrawn: 0 });
    expect(await poll()).toMatchObject({ withdrawn: 1 });
    expect(await statusOf("wp-2")).toBe("withdrawn");
    expect(await statusOf("wp-1")).toBe("published");
  });

  test("when a removed post is back before the second word, nothing is withdrawn", async () => {
    fill(3);
    await poll();
    site.posts.delete(2);
    await poll();
    site.posts.set(2, post(2));
    await poll(20 * MINUTE);
    await poll(20 * MINUTE);
    expect(await statusOf("wp-2")).toBe("published");
  });

  test("when the site forbids to look at a post, that is no word", async () => {
    fill(3);
    await poll();
    site.posts.set(2, post(2, { status: "draft" }));
    for (let i = 0; i < 3; i++) await poll(20 * MINUTE);
    expect(await statusOf("wp-2")).toBe("published");
  });

  test("when the wire may see that a post was put back into a draft, it withdraws the article, and takes it again later", async () => {
    fill(3);
    site.login = "wire:secret";
    await putSourceAuth(wire.services, "cms", { user: "wire", password: "secret" });
    await poll();
    site.posts.set(2, post(2, { status: "draft" }));
    await poll();
    await poll(10 * MINUTE);
    expect(await statusOf("wp-2")).toBe("withdrawn");
    site.posts.set(2, post(2, { modified: at(wire.clock.now + 1_000) }));
    await poll();
    expect(await statusOf("wp-2")).toBe("published");
  });

  test("when a post gets a password, its article is withdrawn", async () => {
    fill(3);
    await poll();
    site.posts.set(2, post(2, { password: "x", modified: at(wire.clock.now) }));
    await poll();
    await poll(10 * MINUTE);
    expect(await statusOf("wp-2")).toBe("withdrawn");
  });

  test("when the site lies and calls many posts gone at once, none is withdrawn before an operator says so", async () => {
    fill(60);
    await poll();
    for (let id = 1; id <= 12; id++) site.posts.delete(id);
    await poll();
    expect(await poll(10 * MINUTE)).toMatchObject({ withdrawn: 0, held: 12 });
    expect(await poll()).toMatchObject({ withdrawn: 0, held: 12 });
    expect(wire.logs.filter(({ event }) => event === "source.held.failed")).toHaveLength(1);
    const stored = await readSourceState(wire.services, "cms");
    const state = stored?.value as NonNullable<typeof stored>["value"] & object;
    await putSourceState(wire.services, "cms", { ...state, confirmed: state.held?.keys ?? [] }, stored);
    expect(await poll()).toMatchObject({ withdrawn: 12, held: 0 });
    expect(await statusOf("wp-1")).toBe("withdrawn");
    expect(await statusOf("wp-13")).toBe("published");
  });

  test("when more posts are gone than a round asks for, all of them wait together, and one yes is enough", async () => {
    fill(100);
    await poll();
    for (let id = 1; id <= 60; id++) site.posts.delete(id);
    for (let i = 0; i < 4; i++) await poll();
    expect(await poll(10 * MINUTE)).toMatchObject({ withdrawn: 0, held: 60 });
    const stored = await readSourceState(wire.services, "cms");
    const state = stored?.value as NonNullable<typeof stored>["value"] & object;
    await putSourceState(wire.services, "cms", { ...state, confirmed: state.held?.keys ?? [] }, stored);
    let withdrawn = 0;
    for (let i = 0; i < 4; i++) {
      const round = await poll();
      withdrawn += round.is === "done" ? round.withdrawn : 0;
      expect(round).toMatchObject({ held: 0 });
    }
    expect(withdrawn).toBe(60);
    expect(await statusOf("wp-61")).toBe("published");
  });

  test("when the list is empty of a sudden or does not come, nothing is withdrawn, and the site is asked less often", async () => {
    fill(3);
    await poll();
    const broken = () => site.answers.push((_, response) => void response.writeHead(500).end());
    for (let i = 0; i < 40; i++) broken();
    expect(await poll()).toMatchObject({ is: "failed", fault: expect.stringContaining("500") });
    expect(await stateOf()).toMatchObject({ failures: 1, fault: expect.stringContaining("answers 500") });
    expect(await poll()).toMatchObject({ is: "failed" });
    expect(await poll()).toMatchObject({ is: "early" });
    site.answers.length = 0;
    expect(await poll(MINUTE)).toMatchObject({ is: "done" });
    expect(await stateOf()).toMatchObject({ failures: 0 });
    expect(await statusOf("wp-1")).toBe("published");
  });

  test("when an article was killed at the wire, it stays killed until the site has a later version", async () => {
    fill(2);
    await poll();
    await withdraw(wire.services, "wp-1");
    site.posts.set(1, post(1, { content: "<p>x</p>" }));
    await poll();
    expect(await statusOf("wp-1")).toBe("withdrawn");
    site.posts.set(1, post(1, { content: "<p>y</p>", modified: at(wire.clock.now + 1) }));
    await poll();
    expect(await statusOf("wp-1")).toBe("published");
  });

  test("when more posts were changed in one second than a poll reads, all come, and then a poll is short again", async () => {
    site.maxPerPage = 20;
    for (let id = 1; id <= 130; id++) site.posts.set(id, post(id, { modified: at(wire.clock.now) }));
    wire.clock.now += MINUTE;
    let taken = 0;
    for (let i = 0; i < 3; i++) {
      const round = await poll();
      taken += round.is === "done" ? round.taken : 0;
    }
    expect(taken).toBe(130);
    site.asked.length = 0;
    expect(await poll()).toMatchObject({ taken: 0, again: wire.clock.now + MINUTE });
    expect(site.asked.filter((url) => url.includes("order=asc"))).toHaveLength(1);
    site.posts.set(7, post(7, { title: "Changed", modified: at(wire.clock.now) }));
    expect(await poll()).toMatchObject({ taken: 1 });
  });

  test("when WordPress is too old to be asked for a time, an edit comes with the next poll, and polls stay short", async () => {
    fill(900);
    site.isOld = true;
    await poll();
    site.posts.set(890, post(890, { title: "Changed", modified: at(wire.clock.now) }));
    site.asked.length = 0;
    expect(await poll()).toMatchObject({ is: "done", taken: 1, again: wire.clock.now + MINUTE });
    expect(site.asked.length).toBeLessThan(4);
    expect((await readRecord(wire.services, "wp-890"))?.article).toMatchObject({ headline: "Changed" });
  });

  test("when its dates mean nothing, its posts come all the same, and a second poll writes nothing", async () => {
    fill(2);
    const lie = (_: unknown, response: ServerResponse) => {
      const posts = [1, 2].map((id) => ({
        id,
        link: `${site.url}/${id}/`,
        title: `T${id}`,
        modified_gmt: "soon",
        date_gmt: "",
      }));
      response.end(JSON.stringify(posts));
    };
    site.answers.push(lie, lie);
    expect(await poll()).toMatchObject({ is: "done", taken: 2 });
    site.answers.push(lie, lie, lie);
    expect(await poll()).toMatchObject({ is: "done", taken: 0, unchanged: 2 });
  });

  test("when it dates a post ahead, the post is there now, and keeps the time at which it came", async () => {
    site.posts.set(1, post(1, { date: at(wire.clock.now + 24 * 60 * MINUTE) }));
    await poll();
    const came = at(wire.clock.now);
    expect((await readRecord(wire.services, "wp-1"))?.article.published).toBe(came);
    await poll();
    expect((await readRecord(wire.services, "wp-1"))?.article.published).toBe(came);
  });

  test("when two processes follow it at once, one of them gives way, and nothing is lost", async () => {
    fill(20);
    const rounds = await Promise.all([poll(0), poll(0)]);
    expect(rounds.map(({ is }) => is).sort()).toEqual(["done", "overtaken"]);
    expect(await statusOf("wp-20")).toBe("published");
  });

  test("when the wire was given a password, the site gets it, and no other site does", async () => {
    await putSourceAuth(wire.services, "cms", { user: "wire", password: "s3cret" });
    const other = await startFakeWordPress([]);
    const seen: unknown[] = [];
    other.answers.push((request, response) => {
      seen.push(request.headers.authorization);
      response.end("[]");
    });
    site.answers.push((request, response) => {
      expect(request.headers.authorization).toBe(`Basic ${Buffer.from("wire:s3cret").toString("base64")}`);
      response.writeHead(302, { location: `${other.url}/wp-json/wp/v2/posts` }).end();
    });
    await poll();
    expect(seen).toEqual([undefined]);
    expect(JSON.stringify([await stateOf(), wire.logs])).not.toContain("s3cret");
    await other.close();
  });
});

describe("a feed", () => {
  let server: Server;
  let url: string;
  let entries: { id: number; title?: string; date?: string }[];
  let requests: IncomingMessage[];
  let pageStatus: number;
  let older: string | undefined;
  let location: string | undefined;
  let extra: string;

  const feedText = () => {
    const items = entries.map(
      ({ id, title = `Story ${id}`, date = at(Date.UTC(2026, 2, 1) + id * MINUTE) }) =>
        `<item><title>${title}</title><link>${url}/story/${id}</link><guid>${url}/story/${id}</guid><pubDate>${new Date(date).toUTCString()}</pubDate></item>`,
    );
    const next = older === undefined ? "" : `<atom:link rel="next" href="${older}"/>`;
    return `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>x</title><link>${url}/</link>${next}${items.join("")}${extra}</channel></rss>`;
  };

  beforeEach(async () => {
    entries = [];
    requests = [];
    pageStatus = 404;
    older = undefined;
    location = undefined;
    extra = "";
    server = createServer((request, response) => {
      requests.push(request);
      if (request.url === "/nowhere") return void response.writeHead(404).end();
      if (request.url?.startsWith("/story/"))
        return void response.writeHead(pageStatus, location === undefined ? {} : { location }).end();
      const text = feedText();
      const etag = `"${createHash("md5").update(text).digest("hex")}"`;
      if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
      response.writeHead(200, { etag, "content-type": "application/rss+xml" }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => void server.close());

  const pollIt = (after = MINUTE) => poll(after, sourceAt("feed", `${url}/feed`));
  const idOf = (id: number) => `${url}/story/${id}`;
  const from = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({ id: last - i }));

  test("when it has not changed, it answers 304 and nothing happens", async () => {
    entries = from(1, 3);
    expect(await pollIt()).toMatchObject({ taken: 3 });
    expect(await pollIt()).toMatchObject({ taken: 0, unchanged: 0 });
    expect(requests.at(-1)?.headers["if-none-match"]).toBeDefined();
  });

  test("when an entry leaves because the feed is short, its article stays", async () => {
    entries = from(1, 5);
    await pollIt();
    entries = from(3, 8);
    for (let i = 0; i < 3; i++) await pollIt(20 * MINUTE);
    expect(await statusOf(idOf(1))).toBe("published");
  });

  test.each([
    [410, "withdrawn"],
    [404, "published"],
    [500, "published"],
    [200, "published"],
  ])(
    "when an entry is missing between others and its page answers %d, its article is %s",
    async (status, expected) => {
      entries = from(1, 5);
      await pollIt();
      entries = entries.filter(({ id }) => id !== 3);
      pageStatus = status;
      for (let i = 0; i < 3; i++) {
        entries = [{ id: 10 + i }, ...entries];
        await pollIt(20 * MINUTE);
      }
      expect(await statusOf(idOf(3))).toBe(expected);
    },
  );

  test("when it says once that an article was withdrawn, and then does not change, the article is withdrawn after ten minutes", async () => {
    entries = from(1, 5);
    await pollIt();
    extra = `<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="${url}/story/3" when="2026-03-01T00:00:00Z"/>`;
    entries = entries.filter(({ id }) => id !== 3);
    await pollIt();
    expect(await pollIt(11 * MINUTE)).toMatchObject({ withdrawn: 1 });
    expect(await statusOf(idOf(3))).toBe("withdrawn");
    await pollIt();
    expect(requests.at(-1)?.headers["if-none-match"]).toBeDefined();
  });

  test("when the door refuses an entry, the state names it until a version is taken", async () => {
    entries = from(1, 2);
    const bad = (path: string) =>
      `<item><title>x</title><guid isPermaLink="false">bad</guid><link>${url}/${path}</link></item>`;
    extra = bad("a".repeat(3_000));
    expect(await pollIt()).toMatchObject({ taken: 2, refused: 1 });
    entries = from(1, 3);
    expect(await pollIt()).toMatchObject({ taken: 1, refused: 0 });
    expect(await stateOf()).toMatchObject({
      refused: [{ where: expect.stringContaining("/aaa"), detail: expect.stringContaining("#/url") }],
    });
    extra = bad("short");
    await pollIt();
    expect(await stateOf()).toMatchObject({ refused: [] });
  });

  test("when it dates all entries now, each time that it is asked, nothing is written, and a kill at the wire stays", async () => {
    const dated = () => {
      entries = from(1, 3).map((one) => ({ ...one, date: at(wire.clock.now + MINUTE) }));
    };
    dated();
    await pollIt();
    await withdraw(wire.services, idOf(2));
    for (let i = 0; i < 3; i++) {
      dated();
      expect(await pollIt()).toMatchObject({ taken: 0, unchanged: 3 });
    }
    expect(await statusOf(idOf(2))).toBe("withdrawn");
  });

  test("when it changes an entry without a later date, and changes it back, the wire shows what it shows", async () => {
    const title = async () => (await readRecord(wire.services, idOf(1)))?.article;
    for (const shown of ["One", "Two", "One"]) {
      entries = [{ id: 1, title: shown }];
      await pollIt();
      expect(await title()).toMatchObject({ headline: shown });
    }
    await withdraw(wire.services, idOf(1));
    entries = [{ id: 1, title: "Two" }];
    await pollIt();
    expect(await statusOf(idOf(1))).toBe("withdrawn");
  });

  test.each(["/nowhere", "file:///etc/passwd", "http://169.254.169.254/latest", "/feed"])(
    "when its next page is %s, what its first one shows is taken",
    async (next) => {
      entries = from(1, 5);
      await pollIt();
      older = next.startsWith("/") ? `${url}${next}` : next;
      entries = from(50, 60);
      expect(await pollIt()).toMatchObject({ is: "done", taken: 11 });
    },
  );

  test("when the page of a missing entry leads to another site that says gone, that is no word", async () => {
    const other = createServer((_, response) => void response.writeHead(410).end());
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    entries = from(1, 5);
    await pollIt();
    pageStatus = 301;
    location = `http://localhost:${(other.address() as AddressInfo).port}/`;
    for (let i = 0; i < 3; i++) {
      entries = [{ id: 10 + i }, ...entries.filter(({ id }) => id !== 3)];
      await pollIt(20 * MINUTE);
    }
    expect(await statusOf(idOf(3))).toBe("published");
    other.close();
  });

  test("when it shows nothing that is known, a gap is told, from the last answer until now", async () => {
    entries = from(1, 5);
    await pollIt();
    const heard = at(wire.clock.now);
    entries = from(50, 60);
    await pollIt(7 * 24 * 60 * MINUTE);
    expect(await stateOf()).toMatchObject({ gap: { from: heard, until: at(wire.clock.now) } });
  });

  test("when what stands behind the source is no feed, that is a fault", async () => {
    expect(await poll(MINUTE, sourceAt("feed", `${site.url}/wp-json/wp/v2/posts`))).toMatchObject({
      is: "failed",
      fault: expect.stringContaining("no feed"),
    });
  });
});
