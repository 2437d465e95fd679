import type { FollowedSource } from "../core/site-sources.ts";
import type { Source } from "../import/kind.ts";
import { readSourceAuth } from "../repository/sources.ts";
import type { FollowDeps } from "./deps.ts";

/** A source of the site file as an import asks for it: with its defaults, the zone of the site, and how the wire signs in. */
export async function sourceAt(
  deps: Pick<FollowDeps, "site" | "stores">,
  source: FollowedSource,
): Promise<Source> {
  const { url, idPrefix, section, rights, language, private: allowsPrivate, name } = source;
  const auth = await readSourceAuth(deps, name);
  const authorization = auth && `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString("base64")}`;
  return {
    url,
    allowsPrivate,
    ...(idPrefix === undefined ? {} : { idPrefix }),
    ...(section === undefined ? {} : { section }),
    ...(rights === undefined ? {} : { rights }),
    ...(language === undefined ? {} : { language }),
    ...(deps.site.timeZone === undefined ? {} : { timeZone: deps.site.timeZone }),
    ...(authorization === undefined ? {} : { authorization }),
  };
}
