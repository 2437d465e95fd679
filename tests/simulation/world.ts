import { SMOKE_ID } from "../../src/core/smoke.ts";
import type { Incoming } from "../../src/ingest/ingest.ts";
import type { Random } from "./random.ts";

/**
 * What newsrooms send in the simulator. What is sent as a version is a function of its id, its
 * number and the number of its content alone.
 */
const IDS = ["a", "b", "c", "d", "e", "f"];
/** As many more as make fifteen times what a window shows. */
const MANY = Array.from({ length: 24 }, (_, i) => `${i % 2 === 0 ? "b" : "g"}${i}`);
/** Two articles that both bring the guid of one story of the system before; one of them may have it. */
const CONTESTED = ["x", "y"];
const GUID = "https://old.example.org/?p=1";
const SECTIONS = ["World", "Sport", "Arts"];

/**
 * Version `n` (1, 2, …) of an article, with one of the contents (0, 1, …) that come under this version. Articles a–c are
 * ordered by revision, d–f by their updated timestamp.
 */
export function version(id: string, n: number, content = 0): Incoming {
  const number = [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0);
  const hash = mix(number * 101 + n * 7919 + content * 104_729);
  const published = new Date(Date.UTC(2026, 0, 1, 0, number % 1_000)).toISOString();
  const updated = new Date(Date.UTC(2026, 0, 2, 0, n)).toISOString();
  const base = {
    id,
    published,
    updated,
    ...(id < "d" ? { revision: n } : {}),
    ...(CONTESTED.includes(id) ? { guid: GUID } : {}),
  };
  if (hash % 7 === 0) return { ...base, status: "withdrawn" };
  return {
    ...base,
    url: `https://news.example.org/${id}`,
    headline: `Story ${id}, version ${n}${content === 0 ? "" : `, content ${content}`}`,
    section: SECTIONS[hash % SECTIONS.length] as string,
    ...(hash % 5 === 0 ? { breaking: { level: "flash" as const } } : {}),
    ...(hash % 4 === 0 ? { change: { kind: "correction" as const } } : {}),
    status: "published",
  };
}

/** `goesBack`: the client names what it replaces, so that a content which was replaced may return. */
type SendVersion = { kind: "send"; id: string; n: number; content: number; goesBack?: boolean };
export type Send = SendVersion | { kind: "delete" | "purge"; id: string };

/**
 * What the clients will send: every version of a few articles, some twice, some with several contents, some killed, in
 * a shuffled order. `many`: of fifteen times as many articles as a window shows.
 */
export function plan(random: Random, many: boolean): Send[] {
  const sends: Send[] = [];
  const ids = many ? [...IDS, ...MANY] : IDS.slice(0, 2 + random.below(IDS.length - 1));
  if (random.chance(0.4)) ids.push(...CONTESTED);
  // Somebody tests the wire while newsrooms send.
  if (ids.length % 3 === 0) ids.push(SMOKE_ID);
  for (const id of ids) {
    const versions = 1 + random.below(4);
    for (let n = 1; n <= versions; n++) {
      const contents = random.chance(0.25) ? 1 + random.below(3) : 1;
      for (let content = 0; content < contents; content++) {
        sends.push({ kind: "send", id, n, content });
        if (random.chance(0.2)) sends.push({ kind: "send", id, n, content, goesBack: random.chance(0.3) });
      }
    }
    if (random.chance(0.25)) sends.push({ kind: "delete", id });
    if (random.chance(0.1)) sends.push({ kind: "purge", id });
  }
  return shuffle(sends, random);
}

/** Mostly in order, as a wire is: each step swaps with a near neighbour. */
function shuffle(sends: Send[], random: Random): Send[] {
  const interleaved = sends.map((send) => ({ send, at: random.next() })).sort((a, b) => a.at - b.at);
  if (random.chance(0.5)) return interleaved.map(({ send }) => send);
  const queues = new Map<string, Send[]>();
  for (const send of sends) queues.set(send.id, [...(queues.get(send.id) ?? []), send]);
  return interleaved.map(({ send }) => queues.get(send.id)?.shift() as Send);
}

function mix(x: number): number {
  const y = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return (y ^ (y >>> 12)) >>> 0;
}

/** A whole number from 0 to 2³² − 1: the same for the same text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}
