import type { Published } from "../../src/core/article.ts";
import { compareInstants } from "../../src/core/instant.ts";
import { FEEDS, HOME_KEY, SITEMAP_KEY } from "../../src/core/keys.ts";
import { MAX_CLOCK_AHEAD_MS } from "../../src/core/limits.ts";
import { isOut, type Pending, type StoredRecord } from "../../src/core/record.ts";
import type { Outcome } from "../../src/ingest/ingest.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import type { Clock } from "./clock.ts";

/** Versions that are ordered by a millisecond more have dates ahead of the clock by a few of them. */
const ORDER_MS = 20;

/**
 * What no reader may see at any moment, and no record may say: a story before its time, a date ahead of every clock, a
 * time that came and lies ahead again, a killed story after the answer of the kill. Contents go by their headlines.
 */
export class TimelyStories {
  /** What time has brought, by kind, and the kills that were answered: so that a run shows that it had some. */
  readonly counts = { release: 0, settle: 0, expire: 0, kills: 0 };
  readonly #clock: Clock;
  /** By id, each record that was written, in the order of the writes. */
  readonly written = new Map<string, StoredRecord[]>();
  /** Contents that some record let out. */
  readonly #public = new Set<string>();
  readonly #killed = new Set<string>();
  /** By document, what it shows now. */
  readonly #shown = new Map<string, string[]>();
  #problem: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onPut(key: string, body: Uint8Array): void {
    if (articleIdOf(key) !== undefined) this.#onRecord(JSON.parse(Buffer.from(body).toString()));
    else if (key.startsWith(FEEDS) || AT_ROOT.includes(key))
      this.#onDocument(key, Buffer.from(body).toString());
  }

  /** The wire has answered that the kill is in all documents. */
  onKilled({ id, record: { accepted = "" } }: Outcome): void {
    const written = this.written.get(id) ?? [];
    const contents = (side: number) =>
      written
        .filter((other) => Math.sign(compareInstants(other.accepted ?? "", accepted)) === side)
        .flatMap(contentOf);
    const revived = contents(1);
    for (const content of contents(-1)) if (!revived.includes(content)) this.#killed.add(content);
    this.counts.kills++;
    for (const [key, shown] of this.#shown) this.#checkKilled(key, shown);
  }

  check(): void {
    if (this.#problem) throw new Error(this.#problem);
  }

  /** No time of any record lies before this one, in milliseconds since 1970. */
  checkPending(now: number): void {
    for (const [id, written] of this.written) {
      for (const [kind, at] of Object.entries(written.at(-1)?.pending ?? {}))
        if (this.#isPast(at, now)) throw new Error(`article ${id} has ${kind} pending, which was due ${at}`);
    }
  }

  #onRecord(record: StoredRecord): void {
    const { id } = record.article;
    const written = this.written.get(id) ?? [];
    const before = written.at(-1);
    this.written.set(id, [...written, record]);
    for (const content of contentOf(record)) {
      this.#killed.delete(content);
      if (!isOut(record)) this.#public.add(content);
    }
    if (record.article.status === "withdrawn") return;
    this.#checkRelease(record.article, record);
    if (before?.article.status === "published")
      this.#checkStep(before, before.article, record, record.article);
  }

  #checkRelease({ id, embargo, published }: Published, { pending, dates }: StoredRecord): void {
    if (pending?.release !== undefined) {
      const shown = dates?.published ?? published;
      if (pending.release === published && Date.parse(published) - Date.parse(shown) > MAX_CLOCK_AHEAD_MS)
        this.#wrong(`${id} waits for ${published}, and will be dated ${shown}`);
      return;
    }
    const { latest } = this.#clock;
    if (embargo !== undefined && !this.#isPast(embargo)) this.#wrong(`${id} is out before ${embargo}`);
    if (!this.#isPast(published, latest + MAX_CLOCK_AHEAD_MS))
      this.#wrong(`${id} is out before ${published}`);
  }

  /** One record after another of the same article. */
  #checkStep(before: StoredRecord, was: Published, after: StoredRecord, is: Published): void {
    const isPhase = before.accepted === after.accepted;
    for (const kind of ["release", "settle", "expire"] as const) {
      const [old, next] = [before.pending?.[kind], after.pending?.[kind]];
      if (isPhase && old !== undefined && next === undefined) {
        this.counts[kind]++;
        if (!this.#isPast(old)) this.#wrong(`${is.id} had its ${kind} before ${old}`);
      }
      if (next !== undefined && hasCome(kind, before, [was, is], next))
        this.#wrong(`${is.id} has its ${kind} at ${next} ahead again`);
    }
  }

  #onDocument(key: string, text: string): void {
    const shown = [...text.matchAll(HEADLINE)].map(([headline]) => headline);
    this.#shown.set(key, shown);
    for (const content of shown)
      if (!this.#public.has(content)) this.#wrong(`${key} shows ${content} before its time`);
    this.#checkKilled(key, shown);
    for (const [date] of text.replaceAll(UNTIL, "").matchAll(DATE)) {
      if (Date.parse(date) > this.#clock.latest + ORDER_MS) this.#wrong(`${key} has a date ahead: ${date}`);
    }
  }

  #checkKilled(key: string, shown: string[]): void {
    const content = shown.find((one) => this.#killed.has(one));
    if (content !== undefined) this.#wrong(`${key} shows ${content} after the answer of its kill`);
  }

  #isPast(at: string, now = this.#clock.latest): boolean {
    return compareInstants(at, new Date(now).toISOString()) <= 0;
  }

  #wrong(problem: string): void {
    this.#problem ??= `${problem}; the clock is at ${new Date(this.#clock.latest).toISOString()}`;
  }
}

/** What shows stories at the root. The search there has names of feeds alone. */
const AT_ROOT = [HOME_KEY, SITEMAP_KEY];
const HEADLINE = /Story \w+, version \d+(?:, content \d+)?/g;
/** The end of breaking news lies ahead. */
const UNTIL = /"?until"?[=:]"[^"]*"/g;
const DATE = /\d{4}-\d\d-\d\dT[\d:.]+Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT/g;

function contentOf({ article }: StoredRecord): string[] {
  return article.status === "withdrawn" ? [] : [article.headline];
}

/** Whether this time had come in the record before: no other clock takes that back. */
function hasCome(
  kind: keyof Pending,
  before: StoredRecord,
  [was, is]: [Published, Published],
  at: string,
): boolean {
  const { pending, settled } = before;
  // An embargo is to the letter, also where the date of publication has counted as now.
  const field = is.embargo === at ? "embargo" : "published";
  if (kind === "release") return pending?.release === undefined && was[field] === at;
  if (kind === "expire") return pending?.expire === undefined && was.expires === at;
  return settled === true && was.breaking?.until === at;
}
