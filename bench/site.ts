import { resolveSite } from "../src/config/site-file.ts";

/** A newsroom with the default feeds and families. */
export function benchSite() {
  return resolveSite(
    {
      title: "The Bench Times",
      home: "https://news.example.org/",
      authority: "news.example.org",
      year: 2026,
      publisher: { name: "The Bench Times" },
      language: "en",
    },
    "https://wire.example.org",
  );
}
