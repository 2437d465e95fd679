import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import { strictest } from "../core/usage.ts";

/** The rights of a story as documents show them: what machines may do is the strictest of what the record and the site file say. */
export function rightsOf(site: Pick<Site, "rights">, { rights }: Published): Published["rights"] {
  const { usage: own, ...rest } = rights ?? {};
  const usage = strictest(site.rights, own);
  const isSaid = Object.keys(usage).length > 0;
  return isSaid || rights !== undefined ? { ...rest, ...(isSaid && { usage }) } : undefined;
}
