import { describe, expect, test } from "vitest";
import {
  type Batch,
  type Cursor,
  type FollowError,
  type FollowOptions,
  follow,
  isDropped,
} from "../../src/consumer/follow.ts";
import { NO_LOG_LOOKS } from "../../src/consumer/limits.ts";
import { type Open as AsRead, isOpen } from "../../src/consumer/log.ts";
import { storyKey } from "../../src/core/keys.ts";
import { type Fault, LogWire } from "./log-wire.ts";

const WIRE = "https://wire.example.org";

/** A copy as docs/consumers.md tells a consumer to keep it. Its clock moves when the follower sleeps. */
class Copy {
  readonly stories = new Map<string, { order: string; digest?: string; title?: string }>();
  readonly kills: string[] = [];
  cursor: Cursor | undefined;
  batches: Batch[] = [];
  slept: number[] = [];
  troubles: string[] = [];
  readonly wire: LogWire;

  constructor(wire: LogWire) {
    this.wire = wire;
  }

  get titles(): Record<string, string | undefined> {
    return Object.fromEntries([...this.stories].map(([id, { title }]) => [id, title]));
  }

  apply({ kills, removed, dropped, stories, cursor }: Batch): void {
    for (const { id, order } of [...kills, ...removed])
      if ((this.stories.get(id)?.order ?? "") <= order) this.stories.set(id, { order });
    this.kills.push(...kills.map(({ id, order }) => `${id} ${order}`));
    for (const id of this.stories.keys()) if (dropped && isDropped(dropped, id)) this.stories.delete(id);
    for (const { id, order, digest, document } of stories)
      this.stories.set(id, { order, digest, title: document.title as string });
    this.cursor = cursor;
  }

  /** Follows until it has caught up, or until `isEnough`. */
  async sync(options: FollowOptions = {}, isEnough: (batch: Batch) => boolean = () => false): Promise<void> {
    for await (const batch of follow(WIRE, this.cursor, this.#options(options))) {
      this.batches.push(batch);
      this.apply(batch);
      if (isEnough(batch)) return;
    }
  }

  #options(options: FollowOptions): FollowOptions {
    return {
      fetch: this.wire.fetch,
      now: () => this.wire.clock,
      sleep: async (ms) => {
        this.slept.push(ms);
        this.wire.clock += ms;
      },
      onTrouble: ({ message }) => this.troubles.push(message),
      once: true,
      ...options,
    };
  }
}

const storyPath = (id: string) => `/${storyKey(id)}`;

describe("a consumer", () => {
  test("when the wire writes an open page, it is one for the consumer, too", () => {
    const page: AsRead = new LogWire().open;
    expect(isOpen(page)).toBe(true);
  });

  test("when it begins with nothing, it gets the snapshot, then what the log has behind it", async () => {
    const wire = new LogWire();
    wire.begin("e1", [wire.write("a"), wire.write("b"), wire.write("c")]);
    wire.tell("b");
    wire.tell("d");
    const copy = new Copy(wire);
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1", b: "b 2", c: "c 1", d: "d 1" });
    expect(copy.cursor).toEqual({ epoch: "e1", seq: 2 });
    expect(copy.batches.at(-1)?.behind).toEqual({ changes: 0, pages: 0, seconds: 0 });
  });

  test("when it comes back, it gets what changed, and asks for nothing else", async () => {
    const wire = new LogWire("e1", 3);
    wire.tellAll([["a"], ["b"], ["c"], ["d"]]);
    const copy = new Copy(wire);
    await copy.sync({ pageChanges: 3 });
    wire.tellAll([["a"], ["b"], ["a"], ["e"]]);
    wire.tell("f");
    wire.asked.length = 0;
    await copy.sync({ pageChanges: 3 });
    expect(copy.titles).toEqual({ a: "a 3", b: "b 2", c: "c 1", d: "d 1", e: "e 1", f: "f 1" });
    expect(wire.asked).toEqual([
      ...["/changes/open.json", "/changes/e1/1.json"],
      ...["b", "a", "e", "f"].map(storyPath),
    ]);
  });

  test("when nothing changes, it asks with a condition and gives nothing", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const copy = new Copy(wire);
    const stop = new AbortController();
    let sleeps = 0;
    const sleep = async (ms: number) => {
      wire.clock += ms;
      if (++sleeps === 3) stop.abort();
    };
    await copy.sync({ once: false, signal: stop.signal, sleep });
    expect(wire.unchanged).toBe(2);
    expect(copy.batches.flatMap(({ stories }) => stories)).toHaveLength(1);
    expect(wire.asked.filter((path) => path === "/changes/open.json")).toHaveLength(3);
  });
});

describe("a kill", () => {
  test("when pages lie before it, it reaches the consumer before any story is asked for", async () => {
    const wire = new LogWire("e1", 3);
    wire.tellAll([["a"], ["b"]]);
    const copy = new Copy(wire);
    await copy.sync({ pageChanges: 3 });
    wire.tellAll([["b"], ["c"], ["d"], ["e"], ["f"], ["a", { kind: "withdrawn" }]]);
    wire.tell("g");
    wire.asked.length = 0;
    await copy.sync({ pageChanges: 3 }, ({ kills }) => kills.length > 0);
    expect(copy.kills).toEqual(["a a2"]);
    expect(copy.titles.a).toBeUndefined();
    expect(wire.asked.filter((path) => path.startsWith("/stories/"))).toEqual([]);
    expect(copy.cursor).toEqual({ epoch: "e1", seq: 2 });
    await copy.sync({ pageChanges: 3 });
    expect(copy.batches.flatMap(({ tombstones }) => tombstones.map(({ id }) => id))).toEqual(["a"]);
    expect(copy.titles.a).toBeUndefined();
  });

  test("when the story came back before anybody logged the kill, the kill is given, and the new story too", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const copy = new Copy(wire);
    await copy.sync();
    wire.tell("a", { kind: "restored", version: 3, after: { version: "v2", order: "a2" } });
    await copy.sync();
    expect(copy.kills).toEqual(["a a2"]);
    expect(copy.titles).toEqual({ a: "a 3" });
  });

  test("when a wire still makes the snapshot of a new epoch, kills of the new epoch are given", async () => {
    const wire = new LogWire();
    wire.tellAll([["a"], ["b"]]);
    const copy = new Copy(wire);
    await copy.sync();
    wire.begin("e2");
    wire.open = { ...wire.open, snapshot: null };
    wire.tell("a", { kind: "withdrawn" });
    await copy.sync({}, ({ kills }) => kills.length > 0);
    expect(copy.titles).toEqual({ a: undefined, b: "b 1" });
    expect(copy.cursor).toEqual({ epoch: "e1", seq: 2 });
    await expect(copy.sync()).rejects.toThrow("no snapshot yet");
  });

  test("when a cache has the story from before the kill, the story is not given", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const stale = wire.documents.get(storyKey("a"))?.toString() ?? "";
    const copy = new Copy(wire);
    wire.tell("a", { kind: "withdrawn" });
    wire.fail(storyPath("a"), { body: stale }, { body: stale });
    await copy.sync();
    expect(copy.titles).toEqual({ a: undefined });
    expect(copy.troubles).toHaveLength(2);
  });

  test("when the fetched story was killed meanwhile, the kill is given with it", async () => {
    const wire = new LogWire();
    wire.tell("a");
    wire.write("a", { kind: "withdrawn" });
    const copy = new Copy(wire);
    await copy.sync();
    expect(copy.kills).toEqual(["a a2"]);
    expect(copy.titles).toEqual({ a: undefined });
  });
});

describe("a story", () => {
  test.each<[string, Fault, number]>([
    ["is older than its change", { body: "old" }, 5_000],
    ["is not there yet", { status: 404 }, 5_000],
    ["is cut off", { body: '{"id":"urn' }, 5_000],
    ["cannot be had", { status: 503, headers: { "Retry-After": "7" } }, 7_000],
  ])(
    "when it %s, the others are given, the cursor waits, and the story is asked for again",
    async (_, fault, pause) => {
      const wire = new LogWire();
      wire.tell("b");
      const old = wire.documents.get(storyKey("b"))?.toString() ?? "";
      const copy = new Copy(wire);
      await copy.sync();
      wire.tellAll([["a"], ["b"], ["c"]]);
      wire.fail(storyPath("b"), fault.body === "old" ? { body: old } : fault);
      await copy.sync({}, ({ stories }) => stories.length > 0);
      expect(copy.titles).toEqual({ a: "a 1", b: "b 1", c: "c 1" });
      expect(copy.cursor).toEqual({ epoch: "e1", seq: 2 });
      copy.cursor = { epoch: "e1", seq: 1 };
      const before = wire.clock;
      wire.fail(storyPath("b"), fault.body === "old" ? { body: old } : fault);
      await copy.sync();
      expect(copy.titles).toEqual({ a: "a 1", b: "b 2", c: "c 1" });
      expect(wire.clock - before).toBe(pause);
    },
  );

  test("when it has another digest than its change, it is read again once, and then taken", async () => {
    const wire = new LogWire();
    wire.tell("a");
    wire.write("a", { version: 1, text: ", rendered again" });
    const copy = new Copy(wire);
    const before = wire.clock;
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1, rendered again" });
    expect(wire.clock - before).toBe(6_000);
    expect(wire.asked.filter((path) => path === storyPath("a"))).toHaveLength(2);
  });

  test("when it is never there, `once` gives up after a minute and says why", async () => {
    const wire = new LogWire();
    wire.tellAll([["a"], ["b", { isUnwritten: true }]]);
    const copy = new Copy(wire);
    await expect(copy.sync()).rejects.toThrow("https://wire.example.org/stories/b.json answers 404.");
    expect(copy.titles).toEqual({ a: "a 1" });
    expect(copy.cursor).toEqual({ epoch: "e1", seq: 1 });
  });

  test("when a newer one than its change was given, an older one is never given behind it", async () => {
    const wire = new LogWire();
    wire.tell("a", { version: 1 });
    wire.write("a", { version: 2 });
    const second = wire.documents.get(storyKey("a"))?.toString() ?? "";
    wire.write("a", { version: 3 });
    const third = wire.documents.get(storyKey("a")) as Buffer;
    const copy = new Copy(wire);
    const given: string[] = [];
    await copy.sync({ once: false }, ({ stories }) => {
      given.push(...stories.map(({ version }) => version));
      if (stories.length > 0 && wire.open.changes.length === 1) {
        wire.tell("a", { version: 2, isUnwritten: true });
        wire.fail(storyPath("a"), { body: second });
        wire.documents.set(storyKey("a"), third);
      }
      return copy.cursor?.seq === 2;
    });
    expect(given).toEqual(["v3"]);
  });

  test("when the consumer tells what it has, nothing of that is fetched", async () => {
    const wire = new LogWire();
    wire.tellAll([["a"], ["b"]]);
    const copy = new Copy(wire);
    await copy.sync();
    const items = ["a", "b"].map((id) => wire.write(id, { version: 1 }));
    wire.begin("e2", [...items, wire.write("c")]);
    wire.asked.length = 0;
    await copy.sync({ have: (id) => copy.stories.get(id) });
    expect(wire.asked.filter((path) => path.startsWith("/stories/"))).toEqual([storyPath("c")]);
    expect(copy.cursor).toEqual({ epoch: "e2", seq: 0 });
  });

  test("when its address is on another host, it is not asked for", async () => {
    const wire = new LogWire();
    wire.tell("a");
    wire.put("changes/open.json", {
      ...wire.open,
      changes: [{ ...wire.open.changes[0], href: "https://evil.example/a.json" }],
    });
    const copy = new Copy(wire);
    await expect(copy.sync()).rejects.toThrow("https://evil.example/a.json is no address of this wire.");
    expect(wire.asked.filter((path) => path.endsWith("/a.json"))).toEqual([]);
  });
});

describe("a new epoch", () => {
  test("when it begins, copies that its snapshot does not name are dropped, whatever their ids", async () => {
    const wire = new LogWire();
    const ids = ["a", "a-b", "a.b", "a~b", "ab", "B", "_c~2Fd", "z"];
    wire.tellAll(ids.map((id) => [id]));
    const copy = new Copy(wire);
    await copy.sync();
    const inOrder = ["a", "a.b", "ab", "_c~2Fd"].sort((x, y) => (`${x}.json` < `${y}.json` ? -1 : 1));
    wire.begin(
      "e2",
      inOrder.map((id) => wire.write(id, { version: 1 })),
      1,
    );
    await copy.sync();
    expect([...copy.stories.keys()].sort()).toEqual(["_c~2Fd", "a", "a.b", "ab"]);
  });

  test("when its snapshot has no stories, all copies are dropped", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const copy = new Copy(wire);
    await copy.sync();
    wire.begin("e2");
    await copy.sync();
    expect(copy.titles).toEqual({});
    expect(copy.cursor).toEqual({ epoch: "e2", seq: 0 });
  });

  test("when the consumer ends in the middle of the snapshot, the next one goes on where it was", async () => {
    const wire = new LogWire();
    wire.tell("m");
    const copy = new Copy(wire);
    await copy.sync();
    const items = ["a", "b", "c", "n", "o", "p"].map((id) => wire.write(id));
    wire.begin("e2", items, 2);
    await copy.sync({ held: 2 }, ({ cursor }) => cursor.page === 1);
    wire.asked.length = 0;
    await copy.sync();
    expect(Object.keys(copy.titles).sort()).toEqual(["a", "b", "c", "n", "o", "p"]);
    expect(wire.asked).not.toContain("/snapshots/e2/0.json");
    expect(wire.asked).not.toContain("/stories/a.json");
  });

  test("when a cache has the open page from before the snapshot, a consumer in the middle of it goes on", async () => {
    const wire = new LogWire("e2");
    wire.begin("e2", [wire.write("a"), wire.write("b"), wire.write("c")]);
    const copy = new Copy(wire);
    await copy.sync({ held: 2 }, ({ cursor }) => cursor.page === 1);
    expect(copy.cursor?.page).toBe(1);
    wire.fail("/changes/open.json", { body: JSON.stringify({ ...wire.open, snapshot: null }) });
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1", b: "b 1", c: "c 1" });
  });

  test("when it drops a story and tells of the same version later, the story is given again", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const b = wire.write("b");
    const began = wire.clock;
    const later = began + 20_000;
    const tellAgain = () => {
      const now = wire.clock;
      wire.clock = began;
      wire.tell("a", { version: 1 });
      wire.clock = now;
    };
    const copy = new Copy(wire);
    const ends = new AbortController();
    const sleep = async (ms: number) => {
      wire.clock += ms;
      if (wire.clock > later) ends.abort();
    };
    await copy.sync({ once: false, signal: ends.signal, sleep }, ({ stories, cursor }) => {
      if (stories[0]?.id === "a" && cursor.epoch === "e1") wire.begin("e2", [b]);
      if (stories[0]?.id === "b") tellAgain();
      return false;
    });
    expect(copy.titles).toEqual({ a: "a 1", b: "b 1" });
  });

  test("when a cache answers with the log of an earlier epoch, or with an older page, it is ignored", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const old = wire.documents.get("changes/open.json")?.toString() ?? "";
    wire.begin("e2", [wire.write("a")]);
    wire.tell("b");
    const copy = new Copy(wire);
    await copy.sync();
    const older = JSON.stringify({ ...wire.open, changes: [] });
    wire.tell("c");
    wire.fail("/changes/open.json", { body: old }, { body: older });
    await copy.sync({ once: false }, () => true);
    expect(copy.titles).toEqual({ a: "a 2", b: "b 1", c: "c 1" });
    expect(copy.cursor).toEqual({ epoch: "e2", seq: 2 });
  });
});

describe("a log that ends before the cursor", () => {
  const AHEAD = "a cache is old, or the wire was restored from a backup";

  test.each<[string, Cursor, string]>([
    ["in the same epoch", { epoch: "e1", seq: 5 }, "ends at 1, before the cursor, which is at 5"],
    [
      "in a lesser epoch",
      { epoch: "e2", seq: 0 },
      "ends at 1 of the epoch e1, before the cursor, which is at 0 of the epoch e2",
    ],
  ])("when it ends %s, that is told after a few looks, and `once` ends with it", async (_, cursor, words) => {
    const wire = new LogWire();
    wire.tell("a");
    const copy = new Copy(wire);
    copy.cursor = cursor;
    const began = wire.clock;
    await expect(copy.sync()).rejects.toThrow(words);
    expect(wire.clock - began).toBeGreaterThan(60_000);
    expect(new Set(copy.troubles)).toEqual(new Set([expect.stringContaining(AHEAD)]));
    expect(copy.cursor).toEqual(cursor);
  });

  test("when it comes up to the cursor again, a few old copies are not told, and what is new is given", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const copy = new Copy(wire);
    await copy.sync();
    const old = { body: JSON.stringify({ ...wire.open, changes: [] }) };
    wire.tell("b");
    wire.fail("/changes/open.json", old, old);
    await copy.sync();
    expect(copy.troubles).toEqual([]);
    expect(copy.titles).toEqual({ a: "a 1", b: "b 1" });
  });
});

describe("a log behind the limit of held stories", () => {
  test("when more stories are named than are held, kills come first still, and every story comes once", async () => {
    const wire = new LogWire("e1", 3);
    const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
    wire.tellAll(ids.map((id) => [id]));
    wire.tell("s1", { kind: "withdrawn" });
    wire.tell("t");
    const copy = new Copy(wire);
    await copy.sync({ pageChanges: 3, held: 4, atOnce: 2 });
    expect(copy.batches.findIndex(({ kills }) => kills.length > 0)).toBe(1);
    expect(copy.batches.flatMap(({ stories }) => stories.map(({ id }) => id)).sort()).toEqual(
      [...ids.filter((id) => id !== "s1"), "t"].sort(),
    );
    expect(copy.cursor).toEqual({ epoch: "e1", seq: 22 });
  });
});

describe("an address", () => {
  test("when no log stands there, following it ends at once and says so", async () => {
    const wire = new LogWire();
    wire.documents.clear();
    await expect(new Copy(wire).sync({ once: false })).rejects.toThrow(
      "https://wire.example.org/changes/open.json answers 404.",
    );
    wire.documents.set("changes/open.json", Buffer.from("<!doctype html>"));
    await expect(new Copy(wire).sync({ once: false })).rejects.toThrow("is no JSON");
    wire.put("changes/open.json", { version: "https://jsonfeed.org/version/1.1" });
    await expect(new Copy(wire).sync({ once: false })).rejects.toThrow("is not what stands there");
  });

  test("when the log begins at this moment, the wire is asked until it has begun", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const begins: Fault[] = Array.from({ length: NO_LOG_LOOKS + 1 }, () => ({ body: '{"begins":"e0"}' }));
    wire.fail("/changes/open.json", ...begins);
    const copy = new Copy(wire);
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1" });
    expect(copy.troubles[0]).toBe(
      "https://wire.example.org/changes/open.json: the log begins at this moment.",
    );
  });

  test("when the very first answers are cut off, the wire is asked again", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const torn = { body: '{"epoch":"e1","fir' };
    wire.fail("/changes/open.json", torn, torn, torn, { status: 503 }, torn);
    const copy = new Copy(wire);
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1" });
    expect(copy.troubles).toHaveLength(5);
  });

  test("when the wire refuses for a while, it is asked again, ever more slowly", async () => {
    const wire = new LogWire();
    wire.tell("a");
    const error = Object.assign(new TypeError("fetch failed"), { cause: new Error("connect ECONNREFUSED") });
    wire.fail(
      "/changes/open.json",
      { error },
      { status: 503 },
      { status: 429, headers: { "Retry-After": "9" } },
    );
    const copy = new Copy(wire);
    await copy.sync();
    expect(copy.titles).toEqual({ a: "a 1" });
    expect(copy.slept).toEqual([1_000, 2_000, 9_000]);
    expect(copy.troubles[0]).toBe(
      "https://wire.example.org/changes/open.json cannot be read: connect ECONNREFUSED.",
    );
  });

  test("when a page of the log is missing, or is another one, it is asked for again", async () => {
    const wire = new LogWire("e1", 2);
    wire.tellAll([["a"], ["b"]]);
    wire.tell("c");
    const other = JSON.stringify({ epoch: "e0", first: 1, changes: wire.open.changes });
    wire.fail("/changes/e1/0.json", { status: 404 }, { body: other });
    const copy = new Copy(wire);
    await copy.sync({ pageChanges: 2 });
    expect(copy.titles).toEqual({ a: "a 1", b: "b 1", c: "c 1" });
    expect(copy.troubles).toHaveLength(2);
  });

  test("when something is no cursor, it is refused", async () => {
    const wire = new LogWire();
    const none = { epoch: "e1", seq: "7" } as unknown as Cursor;
    await expect(follow(WIRE, none, { fetch: wire.fetch }).next()).rejects.toThrow(TypeError);
  });

  test("when a document has no end, reading it ends", async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
    });
    const fetch = async () => new Response(endless);
    const stop = new AbortController();
    const troubles: string[] = [];
    const onTrouble = ({ message }: FollowError) => {
      troubles.push(message);
      stop.abort();
    };
    for await (const _ of follow(WIRE, undefined, { fetch, signal: stop.signal, onTrouble }));
    expect(troubles).toEqual(["https://wire.example.org/changes/open.json has more than 33554432 bytes."]);
  });
});
