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

const SELECTED = { section: ["World", "Sport"] };

/** The same wire by another site file, which places stories otherwise: one section is in no feed for itself, nor in `all`. */
export const REPLACED: Site = {
  ...SIMULATED,
  feeds: SIMULATED.feeds.map((feed) => (feed.name === "all" ? { ...feed, where: SELECTED } : feed)),
  families: SIMULATED.families.map((family) => ({ ...family, where: SELECTED })),
};
