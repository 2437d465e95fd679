import type { Site } from "../../src/core/site.ts";
import { testSite } from "../support/site.ts";

/** Feeds of two entries over six articles: windows overflow, run short and are repaired all the time. */
export const SITE = testSite({
  title: "Simulated Times",
  size: 2,
  feeds: [
    { name: "all", title: "All" },
    { name: "corrections", title: "Corrections", where: { change: ["correction"] }, order: "updated" },
  ],
  families: [{ family: "section", by: "section", title: "{value}" }],
});

/** What the simulator runs: the same with the feed of breaking news. */
export const SIMULATED: Site = {
  ...SITE,
  feeds: [...SITE.feeds, { name: "breaking", title: "Breaking news", where: { breaking: true } }],
};
