import * as v from "valibot";
import { type Site, SiteSchema } from "../../src/core/site.ts";

/** Feeds of two entries over six articles: windows overflow, run short and are repaired all the time. */
export const SITE: Site = {
  ...v.parse(SiteSchema, {
    title: "Simulated Times",
    home: "https://news.example.org/",
    authority: "news.example.org",
    year: 2026,
    publisher: { name: "Simulated Times" },
    language: "en",
    size: 2,
    feeds: [
      { name: "all", title: "All" },
      { name: "corrections", title: "Corrections", where: { change: ["correction"] }, order: "updated" },
    ],
    families: [{ family: "section", by: "section", title: "{value}" }],
  }),
  origin: "https://wire.example.org",
};
