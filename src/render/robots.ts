import type { Site } from "../core/site.ts";
import { SIGNALS, said, statedOf } from "./signals.ts";

/**
 * robots.txt (RFC 9309) for the host of the wire: crawlers may read the documents like everybody; what they may do with them stands
 * in lines that crawlers who do not know them pass over (section 2.2.4). `signals`: the rows that tell it.
 */
export function robotsText(site: Site, signals = SIGNALS): string {
  const stated = statedOf(site);
  const lines = (place: "robots" | "group") =>
    stated === undefined ? [] : said(place, stated, signals).map(({ text }) => text);
  const before = lines("robots");
  return [
    ...before,
    ...(before.length === 0 ? [] : [""]),
    "User-agent: *",
    ...lines("group"),
    "Allow: /",
    "",
  ].join("\n");
}
