import { atom } from "./atom.ts";
import type { Format } from "./format.ts";
import { json } from "./json-feed.ts";
import { page } from "./page/page.ts";
import { rss } from "./rss.ts";

/** The formats that every feed has. A new format is one file and one row here. */
export const FORMATS: readonly Format[] = [rss, atom, json, page];
