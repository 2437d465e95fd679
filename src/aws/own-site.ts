import siteFile from "../../flashwire.config.ts";
import { resolveSite } from "../config/site-file.ts";
import type { Site } from "../core/site.ts";

/**
 * The checked site of a function for documents that are read at this origin. A bundle has another file in the place of this one: the
 * site is checked when the bundle is made (scripts/bundle.ts), so no cold start checks it again.
 */
export function ownSite(origin: string): Site {
  return resolveSite(siteFile, origin);
}
