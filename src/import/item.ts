import type { Usage } from "../core/usage.ts";

/** What a newsroom says of a place that articles are taken from. */
export type SourceSettings = {
  /** Put before the id of each article, so that two sources do not meet: `blog-`. */
  idPrefix?: string;
  /** The section of articles whose source names none. */
  section?: string;
  /** The rights of articles whose source names none. */
  rights?: { holder?: string; notice?: string; terms?: string; license?: string; usage?: Usage };
  /** BCP 47, where the source names no language. */
  language?: string;
  /** IANA name: the zone of dates that name none. UTC where it is absent. */
  timeZone?: string;
};

/** One article as its source has it. */
export type Item = {
  /** How the source itself tells the article from others: the guid of an RSS item, the id of an Atom entry, WordPress's number. */
  key: string;
  /** Where a person finds the article at its source: its address, else its place in the file. */
  where: string;
} & (
  | {
      /**
       * The article as the door takes it (src/core/article.ts); the door cleans and checks it. Without `published` where the
       * source has no date: it keeps the one that the wire gave it at first.
       */
      record: Record<string, unknown> & { id: string; guid: string };
      /** What the source left open and how it was filled, each in a sentence. */
      repaired: string[];
    }
  | {
      /** Why the article is not taken, in a sentence. */
      skipped: string;
    }
);
