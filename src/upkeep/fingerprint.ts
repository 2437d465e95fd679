import { createHash } from "node:crypto";
import type { Site } from "../core/site.ts";
import { DIRECTORY_VERSION } from "../render/directory.ts";
import { BREAKING_CACHE } from "../render/format.ts";
import { FORMATS } from "../render/formats.ts";
import { directoryOutput, SITE_OUTPUTS } from "../render/outputs.ts";
import { assetsOf } from "../render/page/assets.ts";
import { RENDERER_VERSION } from "../render/renderer.ts";
import { SITE_DOCUMENTS_VERSION } from "../render/site-documents.ts";
import type { Fingerprint } from "../repository/rollout.ts";

/** What windows and documents of this process are made by. */
export function fingerprintOf(site: Site): Fingerprint {
  // How the wire is served and looked after, how it reads dates and when news ends, changes no document by itself.
  const { aws: _, upkeep: __, timeZone: ___, breakingMinutes: ____, ...made } = site;
  const formats = FORMATS.map(({ name, file, storedType, cacheControl }) => [
    name,
    file,
    storedType,
    cacheControl,
  ]);
  const outputs = [
    ...formats,
    BREAKING_CACHE,
    directoryOutput(1),
    DIRECTORY_VERSION,
    SITE_OUTPUTS,
    SITE_DOCUMENTS_VERSION,
    // Pages name what they load by its bytes: another script is another page.
    ...Object.values(assetsOf(site)).map(({ key }) => key),
  ];
  return { placed: digest(placing(site)), rendered: digest([made, RENDERER_VERSION, outputs]) };
}

/** Raised with every change of what a record or a window has to hold: every record is looked at again. */
const PLACING_VERSION = 2;

/** The part of the site file that says which article stands in which feed, and in which order. */
function placing({ feeds, families, language, size, order, renamed, merged, withdrawals }: Site) {
  const moves = renamed === undefined && merged === undefined ? [] : [renamed ?? {}, merged ?? {}];
  return [
    PLACING_VERSION,
    feeds.map((feed) => [feed.name, feed.where, feed.size ?? size, feed.order ?? order, feed.withdrawn]),
    families.map((family) => [
      family.family,
      family.by,
      family.where,
      family.size ?? size,
      family.order ?? order,
      family.withdrawn,
    ]),
    language,
    withdrawals.days,
    ...moves,
  ];
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
