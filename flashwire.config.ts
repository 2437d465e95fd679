import { defineSite } from "flashwire";

/**
 * The one file that a newsroom edits. It is checked when the wire starts; an error names the field.
 * A change is carried out at the next start of `npm start`; on AWS, by itself some minutes after the deploy.
 */
export default defineSite({
  title: "The Example Times",
  description: "News from the example.org newsroom",

  /** Your own website; feed readers link to it. */
  home: "https://news.example.org/",

  /**
   * Readers tell stories apart by identifiers such as tag:news.example.org,2026:article/{id}. Choose a domain that is
   * yours and a year in which it was, once: with other values every story would look new to every reader.
   */
  authority: "news.example.org",
  year: 2026,

  publisher: {
    name: "The Example Times",
    url: "https://news.example.org/",
    email: "wire@news.example.org",
  },

  /** The language of stories that do not name theirs (BCP 47). */
  language: "en-US",
  // timeZone: "America/New_York", // of dates without an offset (IANA name); without it the wire refuses such dates
  copyright: "© The Example Times. All rights reserved.",

  /**
   * What machines may do: show stories elsewhere, train AI models, answer people with AI, index for search. Each is "allow", "deny" or
   * the address of a licence. Feeds, headers, robots.txt and /license.rsl tell it; a record may allow less (`rights.usage`).
   */
  // rights: { syndication: "https://news.example.org/licence", training: "deny", answers: "deny", search: "allow" },

  // icon: "https://news.example.org/icon-512.png", // square
  // look: { accent: "#b3202c", imprint: "Published by Example Media Ltd.", theme: "theme.css" }, // of the pages: docs/pages.md
  // logo: "https://news.example.org/logo.png", // wide
  // sources: [{ name: "cms", kind: "wordpress", url: "https://cms.example.org/", every: 60 }], // websites that the wire follows
  // hubs: ["https://hub.example.org/"], // WebSub hubs: the wire tells them of every change

  // renamed: { "section/usa": "section/us" }, // a feed's old name and its new one: old addresses lead to the new ones
  // merged: { "section/england": "section/uk" }, // a feed that is part of another one now

  // headlineLabels: ["correction", "breaking"], // headlines that begin "Correction: …" or "Breaking: …": the first that a story has
  // changeNotes: false, // the content of a story does not begin with its corrections and other changes that have a note

  // breakingMinutes: { flash: 60, bulletin: 360, urgent: 720 }, // after which breaking news ends that has no end of its own
  // upkeep: { auditDays: 7 }, // every record is held against its documents once in so many days (1 to 31, default 1)

  // aws: { stages: { prod: { domain: "wire.example.org", certificate: "arn:aws:acm:us-east-1:…", alarmEmail: "desk@example.org" } } },

  /**
   * What readers see in the place of a killed story: for how many days (1 to 366, default 30), and in which words, by the
   * language of the feed. The wire has words in eleven languages itself. A feed with `withdrawn: "remove"` shows nothing.
   */
  // withdrawals: { days: 30, words: { de: { title: "Zurückgezogen", text: "Dieser Beitrag wurde zurückgezogen." } } },

  /** Minutes that a feed reader may wait before it asks again; one minute for feeds of breaking news, whatever it says here. */
  ttl: 5,
  /** Stories in one document, 1 to 500, and which come first: newest `published`, or newest `updated`. */
  size: 50,
  order: "published",

  /**
   * One feed each, read at /feeds/{name}/rss.xml, atom.xml and feed.json. `where` selects stories by `breaking`,
   * `change`, `section`, `language` and `tag`: every condition must hold, and within a list any of its values.
   * A feed may have a `description`, `home` (the page of the newsroom with these stories), `size` and `order` of its own.
   */
  feeds: [
    { name: "all", title: "All stories" },
    { name: "breaking", title: "Breaking news", where: { breaking: true }, order: "breaking" },
    {
      name: "corrections",
      title: "Corrections and clarifications",
      where: { change: ["correction", "clarification"] },
      // A correction of an old story is news today.
      order: "updated",
    },
    // { name: "front", title: "Top stories", where: { breaking: ["flash", "bulletin"], section: ["World", "USA"] }, size: 20 },
  ],

  /**
   * One feed for each value that stories have, made when the first one arrives: /feeds/section/usa/rss.xml. In titles and
   * descriptions `{value}` is the value as the newest story spells it, and `{language}` the language's own name for itself: Français.
   * A family may have a `home` for its feeds, in which `{value}` is the value as their addresses have it: https://news.example.org/{value}
   */
  families: [
    { family: "section", by: "section", title: "{value}" },
    { family: "language", by: "language", title: "{language}" },
    { family: "tag", by: "tag", title: "{value}" },
  ],
});
