import { resolveSite } from "../../src/config/site-file.ts";
import type { Site, SiteConfig } from "../../src/core/site.ts";

/** The least that a site file says. */
export const NEWSROOM: SiteConfig = {
  title: "The Example Times",
  home: "https://news.example.org/",
  authority: "news.example.org",
  year: 2026,
  publisher: { name: "The Example Times" },
  language: "en",
};

/** The site of that newsroom with other or more fields, its documents read at `origin`. */
export function testSite(fields: Partial<SiteConfig> = {}, origin = "https://wire.example.org"): Site {
  return resolveSite({ ...NEWSROOM, ...fields }, origin);
}
