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
