import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { lastSeq } from "../../src/core/change-log.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { documentKeysOf } from "../../src/render/outputs.ts";
import { readOpen } from "../../src/repository/change-log.ts";
import { headRecord } from "../../src/repository/records.ts";
import type { DiskCalls } from "../../src/store/file/disk-calls.ts";
import { seededRandom } from "../simulation/random.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { afterCut } from "../support/power-cuts.ts";
import {
  bytesAt,
  type Choose,
  NEWEST,
  OLDEST,
  type SimulatedDisk,
  type State,
  simulatedDisk,
} from "../support/simulated-disk.ts";
import { incoming } from "../support/wire.ts";

/*
 * What a server says to the world is true after a loss of power: records, kills and the change log at once; windows and documents of
 * feeds, which are synced late, are compared before anybody gets them.
 */

const FEEDS = ["all", "language/en", "section/world", "breaking"];
const DOCUMENTS = FEEDS.flatMap(documentKeysOf);

/** What a client was told before the power was cut: `seq` of the log, and the stories. */
type Told = { accepted: string[]; killed: string[]; seq: number; epoch: string };
/** `after`: with which fortune the power was cut, where that was right after an answer. */
type Moment = { state: State; told: Told; after?: "oldest" | "newest" };

const start = (root: string, calls: DiskCalls): Promise<Wire> => {
  const config = {
    port: 0,
    host: "127.0.0.1",
    data: join(root, "data"),
    publicUrl: "https://wire.example.org",
  };
  return startWire(config, () => {}, {}, calls);
};

async function ask(wire: Wire, method: string, path: string, body?: object): Promise<number> {
  const headers = { authorization: `Bearer ${wire.token}`, "content-type": "application/json" };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${wire.url}${path}`, init);
  await response.text();
  return response.status;
}

/** Publishes three stories and kills one. Answers the disk as cuts between the steps and after the answers may leave it. */
async function work(seed: number): Promise<Moment[]> {
  const root = mkdtempSync(join(tmpdir(), "flashwire-power-"));
  const disk: SimulatedDisk = simulatedDisk(root, seededRandom(seed));
  const random = seededRandom(seed + 1_000);
  const any: Choose = (possibilities) => random.below(possibilities);
  const moments: Moment[] = [];
  const told: Told = { accepted: [], killed: [], seq: 0, epoch: "" };
  const cut = (choose: Choose, after?: Moment["after"]) =>
    moments.push({ state: disk.afterCut(choose), told: structuredClone(told), ...(after && { after }) });
  const wire = await start(root, disk.calls);
  await wire.idle();
  const say = async (list: string[], id: string) => {
    list.push(id);
    const { open } = await readOpen(wire.services);
    if (open !== undefined) Object.assign(told, { seq: lastSeq(open), epoch: open.epoch });
    cut(OLDEST, "oldest");
    cut(NEWEST, "newest");
    for (const choose of [any, any, any]) cut(choose);
  };
  disk.onStep = () => {
    if (random.chance(0.02)) cut(any);
  };
  try {
    for (const n of [1, 2, 3]) {
      const { id, ...article } = incoming(n, { section: "World" });
      expect(await ask(wire, "PUT", `/articles/${id}?wait=published`, article)).toBe(201);
      await say(told.accepted, id);
    }
    expect(await ask(wire, "DELETE", "/articles/story-1")).toBe(200);
    await say(told.killed, "story-1");
  } finally {
    disk.onStep = () => {};
    await wire.close();
    rmSync(root, { recursive: true });
  }
  return moments;
}

let moments: Moment[];
beforeAll(async () => {
  moments = await work(1);
});

/** Whether a document is whole: it ends as its format does, and has none of the zeros that a lost write leaves. */
function isWhole(key: string, bytes: Buffer): boolean {
  const text = bytes.toString().trimEnd();
  if (key.endsWith(".json")) return !text.includes("\0") && isJson(text);
  return !text.includes("\0") && /<\/(?:rss|feed|html)>$/.test(text);
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
}

/** Starts a wire on the state and asks it for each document at once. Answers what the first answers were. */
async function restarted(state: State, told: Told): Promise<Map<string, { status: number; bytes: Buffer }>> {
  const answers = new Map<string, { status: number; bytes: Buffer }>();
  await afterCut(state, async (root, calls) => {
    const wire = await start(root, calls);
    try {
      const read = async (key: string) => {
        const response = await fetch(`${wire.url}/${key.replace(/index\.html$/, "")}`, {
          redirect: "manual",
        });
        answers.set(key, { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) });
      };
      await Promise.all(DOCUMENTS.map(read));
      for (const id of told.accepted) expect(await headRecord(wire.services, id), id).toBeDefined();
      const { open } = await readOpen(wire.services);
      const isAhead = open !== undefined && (open.epoch > told.epoch || lastSeq(open) >= told.seq);
      expect(isAhead, "the log went back").toBe(true);
      await wire.idle();
      await expectTruth(wire.services.site, wire.services.stores);
    } finally {
      await wire.close();
    }
  });
  for (const [key, { status, bytes }] of answers) {
    expect([200, 404, 503], key).toContain(status);
    if (status === 200)
      expect(isWhole(key, bytes), `${key} is torn: ${bytes.toString().slice(-80)}`).toBe(true);
  }
  return answers;
}

const documentsIn = (state: State) =>
  DOCUMENTS.flatMap((key) => {
    const bytes = bytesAt(state, `data/site/${key}`);
    return bytes === undefined ? [] : [[key, bytes] as const];
  });

const momentAfter = (kills: number, after: Moment["after"]) =>
  moments.find(
    ({ told, ...one }) => told.accepted.length === 3 && told.killed.length === kills && one.after === after,
  ) as Moment;

test("when the power is cut, no record and no change that somebody was told of is lost, and no document is served torn", async () => {
  const isTorn = ({ state }: Moment) => documentsIn(state).some(([key, bytes]) => !isWhole(key, bytes));
  const torn = moments.filter(isTorn);
  // Otherwise nothing is shown here.
  expect(torn.length).toBeGreaterThan(3);
  for (const { state, told } of [torn.at(-1), momentAfter(0, "oldest")].filter((one) => one !== undefined))
    await restarted(state, told);
});

test("when the power is cut after a kill is answered, the documents on the disk are without the story", () => {
  const documents = documentsIn(momentAfter(1, "oldest").state);
  expect(documents.length).toBeGreaterThan(8);
  for (const [key, bytes] of documents) {
    expect(isWhole(key, bytes), key).toBe(true);
    expect(bytes.toString(), key).not.toMatch(/\bStory 1\b/);
  }
});

/** What each sync that nobody waits for would have kept from happening to a file. */
const FAULTS = [
  () => Buffer.alloc(0),
  (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
  (bytes: Buffer) => Buffer.alloc(bytes.length),
  () => undefined,
];

test.each([
  ["documents", "data/site/feeds", [200, 404]],
  ["windows", "data/newsroom/windows", [200, 404, 503]],
])(
  "when a power cut leaves %s of feeds empty, cut off, full of zeros and missing, they are mended before any is served",
  async (_, folder, statuses) => {
    const { state, told } = momentAfter(0, "newest");
    let files = 0;
    const damage = (bytes: Buffer) => FAULTS[files++ % FAULTS.length]?.(bytes);
    const answers = await restarted(damaged(state, folder, damage), told);
    expect(files).toBeGreaterThanOrEqual(FAULTS.length);
    for (const { status } of answers.values()) expect(statuses).toContain(status);
  },
);

/** The state with this done to each file below the path. */
function damaged(state: State, path: string, damage: (bytes: Buffer) => Buffer | undefined): State {
  const [name = "", ...rest] = path.split("/");
  const copy: State = new Map();
  for (const [entry, content] of state) {
    let next: Buffer | State | undefined = content;
    if (content instanceof Map && (path === "" || entry === name))
      next = damaged(content, rest.join("/"), damage);
    else if (path === "") next = damage(content as Buffer);
    if (next !== undefined) copy.set(entry, next);
  }
  return copy;
}
