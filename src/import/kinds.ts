import type { Kind } from "./kind.ts";
import { feed } from "./kinds/feed.ts";
import { wordpress } from "./kinds/wordpress.ts";

/** The kinds of sources that articles are imported from, by the names that people type. */
export const KINDS = { feed, wordpress } satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;
