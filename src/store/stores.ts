import type { Store } from "./port.ts";

/** The two buckets of a wire. */
export type Stores = {
  /** Private: records, windows, notes. One file in repository/ for each key prefix. */
  newsroom: Store;
  /** What the public reads: `feeds/`. The bucket and the local folder are called `site`. */
  published: Store;
};

/** Structured events for operators; never the text of an article, never a token. */
export type Log = (event: string, details?: Record<string, unknown>) => void;
