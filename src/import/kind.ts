import type { GuardedFetch } from "../fetch/fetch.ts";
import type { Item, SourceSettings } from "./item.ts";

/** A source at an address. */
export type Source = SourceSettings & {
  url: string;
  /** Whether it may stand in the newsroom's own network. */
  allowsPrivate?: boolean;
  /** `Authorization` of its first origin. */
  authorization?: string;
};

/** What a kind needs of the world. */
export type Outside = {
  fetch: GuardedFetch;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
};

/** What reading a source brings, one after the other. */
export type Step =
  | { item: Item }
  /** All items before are through: a later run that is given the mark goes on behind them. */
  | { mark: string }
  /** How many items the source says that it has. */
  | { total: number };

/** An article that a source has shown before, by its key. */
export type Known = {
  id: string;
  url: string;
  /** RFC 3339, in UTC. */
  published?: string;
};

/** What a poll begins with: how far the last one came, in the kind's own words, and what the source has shown. */
export type Since = {
  cursor?: Cursor;
  known: ReadonlyMap<string, Known>;
  /** Whether the list has to come also when it has not changed: an article waits for its second word. */
  isWhole?: boolean;
};

/** Plain JSON; each kind reads its own. */
export type Cursor = Record<string, string | number>;

/** What a poll brings. */
export type Polled = {
  /** What may be new or changed; an item that is as it was may be among them. */
  items: Item[];
  cursor: Cursor;
  /** Keys of known articles that the source should show and does not: `ask` tells why. */
  missing: string[];
  /** Keys of articles that the source itself calls withdrawn. */
  withdrawn: string[];
  /** Whether articles may have come and gone since the last poll, unseen. */
  hasGap: boolean;
  /** Whether there is more at once: the next poll need not wait. */
  hasMore: boolean;
};

/**
 * The source's own word for an article: it is there; it is there and not for everybody; it is gone for good. Everything that
 * is not its own word is `unsure`: an error, an address that leads nowhere, a page that asks for a login.
 */
export type Word = "public" | "hidden" | "gone" | "unsure";

/** A kind of source: one file under kinds/, and a row in kinds.ts. */
export type Kind = {
  /** Every item that is public at the source, in its own order. `from`: a mark of an earlier run. */
  readAll(source: Source, outside: Outside, from?: string): AsyncIterable<Step>;
  /** Every item of a file that was exported from such a source. `open` may be called more than once: it reads from the start. */
  readFile(open: () => AsyncIterable<Uint8Array>, settings: SourceSettings): AsyncIterable<Step>;
  /** The newest articles, at most `count`. */
  newest(source: Source, outside: Outside, count: number): Promise<Item[]>;
  /** What came since the last poll. Throws where the source does not answer with a list. */
  poll(source: Source, outside: Outside, since: Since): Promise<Polled>;
  /** No answer of the source makes it reject. */
  askFor(source: Source, outside: Outside, article: Known): Promise<Word>;
};
