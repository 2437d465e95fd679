import { placements, resolveFeed } from "../../src/core/feed.ts";
import { directoryPageOf, FEEDS } from "../../src/core/keys.ts";
import type { Shown, StoredRecord } from "../../src/core/record.ts";
import { shownArticle, versionOf } from "../../src/core/version.ts";
import { emptyWindow, shown, type Window } from "../../src/core/window.ts";
import type { Renderer } from "../../src/render/renderer.ts";
import { articleIdOf } from "../../src/repository/records.ts";
import { feedOf } from "../../src/repository/windows.ts";
import { byFormat, DOCUMENT_FILES, DOCUMENT_NAMES, type Documents } from "../support/documents.ts";
import { SIMULATED } from "./site.ts";

/** A document that is rendered from the window of this revision. */
type Rendering = { body: Uint8Array; revision: number };

/** By feed of the simulated site, the documents before its first window: the same in every run. */
const EMPTY = new Map<string, Documents>();

/**
 * What readers could see on the way: every document is the rendering of some window of its feed, and the windows that
 * readers see go forward only. Different windows may render the same bytes; readers then saw the earliest that fits.
 */
export class VisibleDocuments {
  readonly #renderer: Renderer;
  /** By id and version, what a record shows, and in which feeds. */
  readonly #articles = new Map<string, { article: Shown; feeds: ReadonlySet<string> }>();
  /** By document, how the windows of its feed render, in the order of the windows. */
  readonly #renderings = new Map<string, Rendering[]>();
  readonly #seen = new Map<string, number>();
  /** The feeds that had a window, and those that the directory listed last. */
  readonly #windows = new Set<string>();
  #listed: ReadonlySet<string> = new Set();
  #problem: string | undefined;

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  onPut(key: string, body: Uint8Array): void {
    if (articleIdOf(key)) this.#onRecord(body);
    else if (feedOf(key)) {
      this.#windows.add(feedOf(key) as string);
      this.#onWindow(feedOf(key) as string, JSON.parse(Buffer.from(body).toString()));
    } else if (directoryPageOf(key) !== undefined) this.#onDirectory(body);
    else if (key.startsWith(FEEDS)) this.#onDocument(key, body);
  }

  check(): void {
    if (this.#problem) throw new Error(this.#problem);
  }

  #onRecord(body: Uint8Array): void {
    const record: StoredRecord = JSON.parse(Buffer.from(body).toString());
    const article = shownArticle(record);
    if (article === undefined) return;
    const name = `${article.id} ${versionOf(record)}`;
    const known = this.#articles.get(name)?.article;
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(article))
      this.#problem ??= `${name} names two contents`;
    this.#articles.set(name, { article, feeds: new Set(placements(SIMULATED, record).keys()) });
  }

  #onWindow(name: string, window?: Window): void {
    const feed = resolveFeed(SIMULATED, name);
    if (!feed) throw new Error(`window of an undefined feed ${name}`);
    const of = window ?? emptyWindow(feed);
    const articles = new Map<string, Shown>();
    for (const { id, version } of shown(feed, of).entries) {
      const known = this.#articles.get(`${id} ${version}`);
      if (!known) throw new Error(`window ${name} names ${id} ${version}, which nobody accepted`);
      if (!known.feeds.has(name))
        this.#problem ??= `window ${name} names ${id} ${version}, which is not for it`;
      articles.set(id, known.article);
    }
    const isEmpty = window === undefined;
    const documents = (isEmpty && EMPTY.get(name)) || byFormat(this.#renderer.render(feed, of, articles));
    if (isEmpty) EMPTY.set(name, documents);
    else if (!this.#renderings.has(`${FEEDS}${name}/${DOCUMENT_FILES.rss}`)) this.#onWindow(name);
    for (const format of DOCUMENT_NAMES) {
      const key = `${FEEDS}${name}/${DOCUMENT_FILES[format]}`;
      const others = this.#renderings.get(key) ?? [];
      this.#renderings.set(key, [...others, { body: documents[format], revision: of.revision }]);
    }
  }

  /** The directory lists each feed once, and no feed without a window. No feed leaves it, since the site file does not change. */
  #onDirectory(body: Uint8Array): void {
    const { feeds } = JSON.parse(Buffer.from(body).toString()) as { feeds: { name: string }[] };
    const names = new Set(feeds.map(({ name }) => name));
    if (names.size < feeds.length) this.#problem ??= "the directory lists a feed twice";
    for (const name of names) {
      const isFixed = SIMULATED.feeds.some((feed) => feed.name === name);
      if (!isFixed && !this.#windows.has(name))
        this.#problem ??= `the directory lists ${name}, which has no window`;
    }
    for (const name of this.#listed)
      if (!names.has(name)) this.#problem ??= `the directory lost ${name} again`;
    this.#listed = names;
  }

  #onDocument(key: string, body: Uint8Array): void {
    // Before its first window a feed is empty.
    if (!this.#renderings.has(key)) this.#onWindow(key.slice(FEEDS.length, key.lastIndexOf("/")));
    const same = this.#renderings.get(key)?.filter((one) => Buffer.compare(one.body, body) === 0) ?? [];
    const revisions = same.map(({ revision }) => revision);
    const last = this.#seen.get(key) ?? 0;
    const revision = revisions.filter((candidate) => candidate >= last).sort((a, b) => a - b)[0];
    if (revision !== undefined) this.#seen.set(key, revision);
    else if (revisions.length === 0)
      this.#problem ??= `${key} shows what no window ever held:\n${Buffer.from(body)}`;
    else this.#problem ??= `${key} went back from window ${last} to ${Math.max(...revisions)}`;
  }
}
