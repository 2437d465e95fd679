import { testSite } from "../tests/support/site.ts";

/** A newsroom with the default feeds and families. */
export function benchSite() {
  return testSite({ title: "The Bench Times", publisher: { name: "The Bench Times" } });
}
