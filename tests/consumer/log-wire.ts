import { createHash } from "node:crypto";
import type { Change, StoryChangeKind } from "../../src/core/change.ts";
import { appended, emptyOpen, type Open, type SnapshotItem } from "../../src/core/change-log.ts";
import { logPageKey, OPEN_KEY, snapshotKey, storyKey } from "../../src/core/keys.ts";
import type { Withdrawal } from "../../src/core/record.ts";
import type { StoryStatus } from "../../src/core/story.ts";
import { md5Etag } from "../../src/store/etag.ts";

type Told = {
  kind?: StoryChangeKind;
  version?: number;
  after?: Withdrawal;
  text?: string;
  isUnwritten?: boolean;
};

/** What a consumer gets for a path, once: a status, or bytes. */
export type Fault = { status?: number; body?: string; headers?: Record<string, string>; error?: Error };

/**
 * The published documents of a wire with a change log, made by the functions that the writer makes pages with, and a `fetch` over
 * them that counts. `size`: changes on a closed page.
 */
export class LogWire {
  readonly documents = new Map<string, Buffer>();
  /** Paths in the order in which they were asked for. */
  readonly asked: string[] = [];
  unchanged = 0;
  /** By path: what the next requests get instead. */
  readonly faults = new Map<string, Fault[]>();
  open: Open;
  /** Answers to requests for stories, and for everything else. */
  get counts(): { stories: number; pages: number } {
    const stories = this.asked.filter((path) => path.startsWith("/stories/")).length;
    return { stories, pages: this.asked.length - stories };
  }
  clock = Date.parse("2026-11-27T08:00:00Z");
  readonly #versions = new Map<string, number>();
  readonly #size: number;

  constructor(epoch = "e1", size = 256) {
    this.#size = size;
    this.open = { ...emptyOpen(epoch), snapshot: { seq: 0, pages: 0 } };
    this.#putOpen();
  }

  /** Writes the story and tells the log of it. */
  tell(id: string, told: Told = {}): Change {
    const [change] = this.tellAll([[id, told]]);
    return change as Change;
  }

  /** The same for many, in batches of a page. */
  tellAll(all: [id: string, told?: Told][]): Change[] {
    for (let at = 0; at < all.length; at += this.#size) {
      const changes = all.slice(at, at + this.#size).map(([id, told]) => this.#changeOf(id, told));
      const { closed, next } = appended(this.open, changes, this.#size);
      for (const { number, page } of closed) this.put(logPageKey(page.epoch, number), page);
      this.open = next;
    }
    this.#putOpen();
    return this.open.changes.slice(-all.length);
  }

  /** A new epoch; its snapshot has these stories, `size` on a page. */
  begin(epoch: string, items: SnapshotItem[] = [], size = 2): void {
    const pages = Math.ceil(items.length / size);
    for (let k = 0; k < pages; k++)
      this.put(snapshotKey(epoch, k), { epoch, stories: items.slice(k * size, (k + 1) * size) });
    this.open = { ...emptyOpen(epoch), snapshot: { seq: 0, pages } };
    this.#putOpen();
  }

  /** Writes the story alone. Answers it as a snapshot names it. */
  write(
    id: string,
    { kind = "published", version, after, text = "", isUnwritten = false }: Told = {},
  ): SnapshotItem {
    const number = version ?? (this.#versions.get(id) ?? 0) + 1;
    this.#versions.set(id, number);
    const state = { version: `v${number}`, order: `a${number}`, status: statusOf(kind), feeds: ["all"] };
    const guid = `urn:test:${id}`;
    const updated = new Date(this.clock).toISOString();
    const story = { id, ...state, updated, ...(after && { after }) };
    const document = { id: guid, title: `${id} ${number}${text}`, _flashwire: { story } };
    const bytes = Buffer.from(`${JSON.stringify(document)}\n`);
    if (!isUnwritten) this.documents.set(storyKey(id), bytes);
    const digest = `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
    return { id, guid, href: `/${storyKey(id)}`, digest, ...state, ...(after && { after }) };
  }

  #changeOf(id: string, told: Told = {}): Omit<Change, "seq"> {
    const { status: _, breaking: __, ...item } = this.write(id, told);
    const at = new Date(this.clock).toISOString();
    return { at, kind: told.kind ?? "published", updated: at, ...item };
  }

  put(key: string, value: object): void {
    this.documents.set(key, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  #putOpen(): void {
    this.put(OPEN_KEY, this.open);
  }

  fail(path: string, ...faults: Fault[]): void {
    this.faults.set(path, faults);
  }

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(url).pathname;
    this.asked.push(path);
    const fault = this.faults.get(path)?.shift();
    if (fault?.error) throw fault.error;
    const body = fault?.body === undefined ? this.documents.get(path.slice(1)) : Buffer.from(fault.body);
    if (fault?.status !== undefined || body === undefined) {
      const status = fault?.status ?? 404;
      return new Response("no", { status, headers: fault?.headers ?? {} });
    }
    const etag = md5Etag(body);
    if (new Headers(init.headers).get("If-None-Match") === etag) {
      this.unchanged++;
      return new Response(null, { status: 304, headers: { ETag: etag } });
    }
    return new Response(new Uint8Array(body), { headers: { ETag: etag } });
  };
}

const statusOf = (kind: StoryChangeKind): StoryStatus =>
  kind === "withdrawn" || kind === "removed" ? kind : "published";
