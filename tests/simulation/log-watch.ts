import { decodeArticleId } from "../../src/core/article-id.ts";
import type { Change } from "../../src/core/change.ts";
import {
  lastSeq,
  type Open,
  type Page,
  type Snapshot,
  type SnapshotItem,
} from "../../src/core/change-log.ts";
import { FEEDS, OPEN_KEY, storyIdOf } from "../../src/core/keys.ts";
import { orderOf } from "../../src/core/order.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { storyState } from "../../src/core/story.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import { digestOf } from "../../src/repository/stories.ts";
import { checkLogAtRest, type Mark, type Story } from "./log-at-rest.ts";

/** Changes on a closed page and stories on a page of a snapshot, so that both have many. */
export const SMALL_LOG = { pageChanges: 3, snapshotStories: 3 };

/**
 * The invariants of the change log, at each put and at rest: what is committed never changes, the log is behind stories and
 * documents and before marks, and nothing goes back.
 */
export class LogWatch {
  readonly counts = { changes: 0, pages: 0, snapshots: 0, duplicates: 0, skippedKills: 0, epochs: 0 };
  /** Epoch → its changes in their order, as they were first committed. */
  readonly #ledgers = new Map<string, Change[]>();
  readonly #open: { page?: Open } = {};
  readonly #pages = new Map<string, string>();
  readonly #snapshots = new Map<string, SnapshotItem[]>();
  readonly #stories = new Map<string, Story>();
  readonly #marks = new Map<string, Mark>();
  readonly #records = new Map<string, StoredRecord[]>();
  /** By feed, the versions of stories that its document shows, by the text that names them. */
  readonly #documents = new Map<string, string[]>();
  readonly #digests = new Map<string, string>();
  readonly #sites: Site[];
  #problem: string | undefined;

  /** `sites`: the site files of the run, the one that is deployed last behind the others. */
  constructor(sites: Site[]) {
    this.#sites = sites;
  }

  onPut(key: string, body: Uint8Array): void {
    const id = articleIdOf(key);
    const json = () => JSON.parse(Buffer.from(body).toString());
    if (id !== undefined) this.#records.set(id, [...(this.#records.get(id) ?? []), json()]);
    else if (key.startsWith(FEEDS))
      this.#documents.set(key, Buffer.from(body).toString().match(HEADLINE) ?? []);
    else if (storyIdOf(key) !== undefined) this.#onStory(storyIdOf(key) as string, json(), body);
    else if (key === OPEN_KEY) this.#onOpen(json());
    else if (key.startsWith("changes/")) this.#onPage(key, body, json());
    else if (key.startsWith("snapshots/")) this.#onSnapshot(key, body, json());
    else if (key.startsWith("logged/") && !key.includes("@"))
      this.#onMark(key.slice("logged/".length, -".json".length), json());
  }

  #onStory(id: string, story: Story, body: Uint8Array): void {
    const { order, status } = story._flashwire.story;
    const before = this.#stories.get(id)?._flashwire.story.order ?? "";
    if (order < before) this.#wrong(`the story of ${id} goes back from ${before} to ${order}`);
    const isKnown = this.#stories.has(id);
    this.#stories.set(id, story);
    this.#digests.set(id, digestOf(body));
    const record = this.#records.get(id)?.findLast((one) => orderOf(one) === order);
    const isRight = (site: Site) => record && storyState(site, record, isKnown)?.status === status;
    if (record === undefined || !this.#sites.some(isRight))
      this.#wrong(`the story of ${id} is ${status} at ${order}, which no record says`);
    const headline = record?.article.status === "published" ? record.article.headline : undefined;
    // A headline may have a label before it.
    const isShown = headline !== undefined && story.title?.includes(headline);
    if (isShown !== (status === "published") && status === "published")
      this.#wrong(`the story of ${id} shows ${story.title} for ${headline}`);
    if (status !== "published" && JSON.stringify(story).includes("Story "))
      this.#wrong(`the story of ${id} is ${status}, and shows what it was`);
  }

  #onOpen(open: Open): void {
    this.#open.page = open;
    const ledger = this.#ledgers.get(open.epoch) ?? [];
    if (!this.#ledgers.has(open.epoch)) {
      this.counts.epochs++;
      for (const other of this.#ledgers.keys())
        if (other >= open.epoch) this.#wrong(`epoch ${open.epoch} comes after ${other}`);
      this.#ledgers.set(open.epoch, ledger);
    }
    if (open.first > ledger.length + 1 || lastSeq(open) < ledger.length)
      this.#wrong("sequence numbers have a gap, or are used again");
    for (const [i, change] of open.changes.entries()) {
      if (change.seq !== open.first + i) this.#wrong(`change ${change.seq} stands at ${open.first + i}`);
      const known = ledger[change.seq - 1];
      if (known === undefined) this.#onChange(open.epoch, ledger, change);
      else if (JSON.stringify(known) !== JSON.stringify(change))
        this.#wrong(`sequence number ${change.seq} is used again`);
    }
    for (let n = 0; (n + 1) * SMALL_LOG.pageChanges < open.first; n++)
      if (!this.#pages.has(`changes/${open.epoch}/${n}.json`))
        this.#wrong(`page ${n} is missing below the open one`);
  }

  #onChange(epoch: string, ledger: Change[], change: Change): void {
    this.counts.changes++;
    if (change.after !== undefined) this.counts.skippedKills++;
    const before = ledger.findLast(({ id }) => id === change.id);
    if (before !== undefined && before.order > change.order)
      this.#wrong(`the log of ${epoch} goes back at ${change.id}`);
    if (before?.order === change.order) this.counts.duplicates++;
    ledger.push(change);
    const id = decodeArticleId(change.id) as string;
    if ((this.#stories.get(id)?._flashwire.story.order ?? "") < change.order)
      this.#wrong(`${id} is logged before its story`);
    const record = this.#records.get(id)?.findLast((one) => orderOf(one) === change.order);
    if (record === undefined) this.#wrong(`${id} is logged at ${change.order}, which no record has`);
    // A process by the site file before names no feed that only the other one selects a story for: the rollout mends that.
    if (this.#sites.length > 1) return;
    for (const [key, shown] of this.#documents) {
      for (const text of shown.filter((one) => one.startsWith(`Story ${id},`)))
        if (this.#newestOf(id, text) < change.order)
          this.#wrong(`${id} is logged at ${change.order}, and ${key} shows ${text}`);
    }
  }

  /** The newest order in which a record had this headline. */
  #newestOf(id: string, headline: string): string {
    const found = this.#records
      .get(id)
      ?.findLast(({ article }) => article.status === "published" && article.headline === headline);
    return found === undefined ? "" : orderOf(found);
  }

  #onPage(key: string, body: Uint8Array, page: Page): void {
    this.counts.pages++;
    this.#once(key, body);
    const ledger = this.#ledgers.get(page.epoch) ?? [];
    if (page.changes.length !== SMALL_LOG.pageChanges)
      this.#wrong(`${key} has ${page.changes.length} changes`);
    for (const [i, change] of page.changes.entries())
      if (JSON.stringify(ledger[page.first - 1 + i]) !== JSON.stringify(change))
        this.#wrong(`${key} holds what was never in the log`);
  }

  #onSnapshot(key: string, body: Uint8Array, { epoch, stories }: Snapshot): void {
    this.counts.snapshots++;
    this.#once(key, body);
    for (const { id, order } of stories)
      if ((this.#stories.get(decodeArticleId(id) as string)?._flashwire.story.order ?? "") < order)
        this.#wrong(`the snapshot is ahead of the story of ${id}`);
    this.#snapshots.set(epoch, [...(this.#snapshots.get(epoch) ?? []), ...stories]);
  }

  #once(key: string, body: Uint8Array): void {
    const text = Buffer.from(body).toString();
    if ((this.#pages.get(key) ?? text) !== text) this.#wrong(`${key} changed`);
    this.#pages.set(key, text);
  }

  #onMark(form: string, mark: Mark): void {
    const before = this.#marks.get(form)?.order ?? "";
    if (mark.order < before) this.#wrong(`the mark of ${form} goes back`);
    this.#marks.set(form, mark);
    const logged = [...this.#ledgers.values()]
      .flat()
      .some(({ id, order }) => id === form && order >= mark.order);
    const listed = [...this.#snapshots.values()]
      .flat()
      .some(({ id, order }) => id === form && order >= mark.order);
    if (!logged && !listed) this.#wrong(`${form} is marked at ${mark.order} before it is logged`);
  }

  check(): void {
    if (this.#problem !== undefined) throw new Error(this.#problem);
  }

  /** At rest: the log tells all. */
  checkRest(): void {
    this.check();
    checkLogAtRest({
      ...{ sites: this.#sites, open: this.#open.page, snapshots: this.#snapshots, ledgers: this.#ledgers },
      ...{ records: this.#records, stories: this.#stories, marks: this.#marks, digests: this.#digests },
    });
  }

  #wrong(problem: string): void {
    this.#problem ??= problem;
  }
}

const HEADLINE = /Story \w+, version \d+(?:, content \d+)?/g;
