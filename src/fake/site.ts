import { resolveSite } from "../config/site-file.ts";
import { defineSite, type Site } from "../core/site.ts";

/** The newsroom of a fake wire, with the default feeds and families, and documents that are read at `origin`. */
export function fakeSite(origin: string): Site {
  return resolveSite(FAKE, origin, "The site of the fake wire");
}

const FAKE = defineSite({
  title: "The Fake Times",
  description: "Invented news, for tests of programs that read a wire",
  home: "https://news.example.org/",
  authority: "news.example.org",
  year: 2026,
  publisher: { name: "The Fake Times", url: "https://news.example.org/", email: "wire@news.example.org" },
  language: "en",
  size: 20,
  copyright: "Invented. Free for any use.",
});
