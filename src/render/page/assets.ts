import { createHash } from "node:crypto";
import { assetKey } from "../../core/keys.ts";
import type { Site } from "../../core/site.ts";
import { accentColours } from "./colour.ts";
import generated from "./generated.json" with { type: "json" };

/** The media types of what pages load, by the ending of the file. */
export const ASSET_TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;

type AssetType = (typeof ASSET_TYPES)[keyof typeof ASSET_TYPES];

/** A file that pages load. Its name follows from its bytes, so it never changes and caches keep it for a year. */
export type Asset = { file: string; key: string; contentType: AssetType; body: Uint8Array };

/** What every page of the wire loads from it. */
export type Assets = Record<"style" | "script" | "icon", Asset>;

const DEFAULT_ACCENT = "#b3202c";

const known = new WeakMap<object, Assets>();

/** The files of this site, made once. */
export function assetsOf(site: Pick<Site, "look">): Assets {
  const found = known.get(site);
  if (found !== undefined) return found;
  const assets = {
    style: asset("css", styleOf(site)),
    script: asset("js", generated.script),
    icon: asset("svg", generated.icon.replaceAll(DEFAULT_ACCENT, site.look?.accent ?? DEFAULT_ACCENT)),
  };
  known.set(site, assets);
  return assets;
}

/** The wire's own style, the accent of the site file, then its theme. A theme may stand in the place of all of it. */
function styleOf({ look = {} }: Pick<Site, "look">): string {
  const { day, night } = accentColours(look.accent ?? DEFAULT_ACCENT);
  const accent = `:root{${day}}@media (prefers-color-scheme:dark){:root{${night}}}`;
  const { theme } = look;
  return `${theme?.replaces ? "" : generated.style}${accent}${theme?.css ?? ""}\n`;
}

function asset(extension: keyof typeof ASSET_TYPES, text: string): Asset {
  const body = Buffer.from(text);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
  const file = `${hash}.${extension}`;
  return { file, key: assetKey(file), contentType: ASSET_TYPES[extension], body };
}
