import type { Store } from "./port.ts";

/** The two buckets of a wire. */
export type Stores = {
  /** Private: `articles/`, `windows/`. */
  newsroom: Store;
  /** What the public reads: `feeds/`. */
  site: Store;
};

/** Structured events for operators; never the text of an article, never a token. */
export type Log = (event: string, details?: Record<string, unknown>) => void;
