import type { ArticleInput } from "../../src/core/article.ts";

/* Stories with every way in which a newsroom sends people and pictures, and what readers have to show of them. */

export type ReaderStory = {
  story: ArticleInput & { id: string };
  /** The addresses of the pictures, in the order in which readers show them. */
  pictures: string[];
  /** What stands there exactly once. */
  words: string[];
  /** What stands nowhere. */
  absent?: string[];
  /** The file that a reader offers beside the story. */
  download?: string;
};

const IMAGES = "https://img.example.org";
const CAPTION = "Cyclists cross the bridge.";
const CREDIT = "Ben Lens/Agency";
const lead = { type: "image/jpeg", role: "lead" as const, caption: CAPTION, credit: CREDIT };

const SIZES = [
  { type: "image/jpeg", url: `${IMAGES}/small.jpg`, width: 320 },
  { type: "image/webp", url: `${IMAGES}/middle.webp?a=1&b=2`, width: 800 },
  { type: "image/jpeg", url: `${IMAGES}/crop.jpg` },
];

let hour = 20;

/** The newest first. */
export const READER_STORIES: ReaderStory[] = [
  {
    story: story("Two people wrote this", {
      authors: [{ name: "Ada Quill" }, { name: "Kim Lee", email: "kim@example.org" }],
      body: "<p>A story of two.</p>",
    }),
    pictures: [],
    words: ["A story of two.", "Kim Lee"],
    absent: ["kim@example.org"],
  },
  {
    story: story("A picture in the body and in media", {
      body: `<p>Before.</p><figure><img src="${IMAGES}/bridge.jpg" alt="x"><figcaption>${CAPTION}</figcaption></figure>`,
      media: [{ ...lead, url: `${IMAGES}/bridge.jpg` }],
    }),
    pictures: [`${IMAGES}/bridge.jpg`],
    words: ["Before.", CAPTION, CREDIT],
  },
  {
    story: story("Another size of it in the body", {
      body: `<p>Before.</p><p><img src="${IMAGES}/bridge-640x480.jpg?w=640" alt="x"></p><p>After.</p>`,
      media: [{ ...lead, url: `${IMAGES}/bridge.jpg?w=1600&h=900` }],
    }),
    pictures: [`${IMAGES}/bridge-640x480.jpg?w=640`],
    words: ["Before.", CAPTION, CREDIT, "After."],
  },
  {
    story: story("A picture in the body, and its sizes", {
      body: `<p>Before.</p><figure><img src="${IMAGES}/small.jpg" alt="x"></figure><p>After.</p>`,
      media: [{ ...lead, url: `${IMAGES}/bridge.jpg`, renditions: SIZES }],
    }),
    pictures: [`${IMAGES}/small.jpg`],
    words: ["Before.", CAPTION, CREDIT, "After."],
  },
  {
    story: story("A picture in several sizes in media alone", {
      body: "<p>The body has none.</p>",
      media: [{ ...lead, url: `${IMAGES}/bridge.jpg`, renditions: SIZES }],
    }),
    pictures: [`${IMAGES}/bridge.jpg`],
    words: [CAPTION, CREDIT, "The body has none."],
  },
  {
    story: story("Pictures in media alone", {
      body: "<p>The body has none.</p>",
      media: [
        { type: "image/png", role: "inline", url: `${IMAGES}/map.png`, caption: "Where it stands." },
        { ...lead, url: `${IMAGES}/bridge.jpg` },
      ],
    }),
    pictures: [`${IMAGES}/bridge.jpg`, `${IMAGES}/map.png`],
    words: [CAPTION, CREDIT, "The body has none.", "Where it stands."],
  },
  {
    story: story("A summary and a picture", {
      summary: "There is no body & no more.",
      media: [{ ...lead, url: `${IMAGES}/bridge.jpg` }],
    }),
    pictures: [`${IMAGES}/bridge.jpg`],
    words: ["There is no body & no more.", CAPTION, CREDIT],
  },
  {
    story: story("A picture to listen to", {
      body: "<p>Listen.</p>",
      media: [
        { ...lead, url: `${IMAGES}/bridge.jpg` },
        { type: "audio/mpeg", url: `${IMAGES}/bridge.mp3`, bytes: 123_456 },
      ],
    }),
    pictures: [`${IMAGES}/bridge.jpg`],
    words: ["Listen.", CAPTION, CREDIT],
    download: `${IMAGES}/bridge.mp3`,
  },
  {
    story: story("A bridge measured again", {
      body: "<p>The longest one.</p>",
      updated: "2026-11-02T21:00:00Z",
      change: { kind: "correction", note: "It is 3 km long." },
      corrections: [
        { kind: "clarification", note: "It is a bridge for cyclists.", at: "2026-11-02T20:30:00Z" },
        { kind: "correction", note: "It is 3 km long.", at: "2026-11-02T21:00:00Z" },
      ],
    }),
    pictures: [],
    words: [
      ...["Correction", "2026-11-02 21:00 UTC", "It is 3 km long."],
      ...["Clarification", "2026-11-02 20:30 UTC", "It is a bridge for cyclists."],
      "The longest one.",
    ],
  },
  {
    story: story("A summary that was corrected", {
      summary: "There is nothing but this.",
      language: "ar",
      change: { kind: "correction", note: "طول الجسر 3 كم." },
    }),
    pictures: [],
    words: ["تصحيح", "طول الجسر 3 كم.", "There is nothing but this."],
  },
  {
    story: story("A picture for the newsroom alone", {
      body: `<p>Words.</p><figure><img src="${IMAGES}/kept-640x480.jpg" alt=""><figcaption>Secret.</figcaption></figure>`,
      media: [{ ...lead, url: `${IMAGES}/kept.jpg`, caption: "Secret.", syndicate: false }],
    }),
    pictures: [],
    words: ["Words."],
    absent: ["kept", "Secret."],
  },
];

function story(headline: string, fields: Partial<ArticleInput>): ReaderStory["story"] {
  const id = headline.toLowerCase().replaceAll(" ", "-");
  return {
    id,
    url: `https://news.example.org/${id}`,
    headline,
    published: `2026-11-02T${hour--}:00:00Z`,
    ...fields,
  };
}
