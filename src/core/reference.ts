import { MEDIA_REFERENCE, type Reference } from "./reference-media.ts";
import { USAGE_REFERENCE } from "./reference-usage.ts";

/*
 * What each field of the record is for, in words: the reference of the record (schemas/article.schema.json and
 * docs/article.md) is made from here and from article.ts. It stands beside article.ts, not in it, so that the words
 * stay out of the bundles; a test holds that every field has its words and an example, and that no word is left over.
 */

/** By the path of the field: `authors[].name` is the name of one author. What the example shows is valid by itself. */
export const ARTICLE_REFERENCE: Reference = {
  id: {
    description:
      "The identifier that the newsroom's CMS gives the article. It is never used for another one.",
    example: "harbour-bridge-reopens",
  },
  guid: {
    description:
      "The identifier by which feed readers already know the article, for newsrooms that move to Flashwire. It is fixed with the first version. Without it the wire makes one from the site file and the id.",
    example: "https://news.example.org/?p=4711",
  },
  url: {
    description: "The canonical address of the article, absolute. Links in the body are resolved against it.",
    example: "https://news.example.org/2026/harbour-bridge-reopens",
  },
  headline: { description: "The headline.", example: "Harbour bridge reopens" },
  shortHeadline: {
    description: "A shorter headline, for places with little room.",
    example: "Bridge reopens",
  },
  summary: {
    description: "The standfirst: what the article says, in a sentence or two.",
    example: "Commuters took the harbour bridge back at dawn.",
  },
  dateline: {
    description:
      "Where the story was reported from, as it stands before the first sentence: documents show it there.",
    example: "ROTTERDAM",
  },
  body: {
    description: "The article as HTML. What the allow-list of the wire does not name is taken out.",
    example: "<p>The harbour bridge opened to traffic at dawn.</p>",
  },
  language: {
    description: "The language of the article. Without it the language of the site file holds.",
    example: "en-GB",
  },
  section: { description: "The primary section.", example: "City" },
  sections: { description: "Further sections in which the article stands.", example: ["Transport"] },
  tags: {
    description: "What the article is about: a name, or an object that says more. Each tag makes a feed.",
    example: ["Harbour bridge", { name: "Transport", scheme: "https://example.org/topics", code: "T7" }],
  },
  "tags[].name": { description: "The tag as people read it.", example: "Transport" },
  "tags[].scheme": {
    description: "The vocabulary that the code belongs to.",
    example: "http://cv.iptc.org/newscodes/mediatopic/",
  },
  "tags[].code": { description: "The tag as programs compare it.", example: "20000337" },
  "tags[].type": {
    description: "What the tag names.",
    example: "person",
  },
  "tags[].url": {
    description: "The address of what the tag names: its page at the newsroom, or its entry in a catalogue.",
    example: "https://news.example.org/people/ada-quill",
  },
  keywords: {
    description: "Words for search. They make no feeds. A text with commas between them is taken too.",
    example: ["bridge closure", "commuting"],
  },
  genre: {
    description: "What kind of text the article is, as the newsroom calls it.",
    example: ["Analysis"],
  },
  places: { description: "The places where the story happens.", example: [{ name: "Harbour" }] },
  "places[].name": { description: "The name of the place.", example: "Harbour" },
  "places[].lat": { description: "The latitude in degrees (WGS 84), north positive.", example: 53.54 },
  "places[].lon": { description: "The longitude in degrees (WGS 84), east positive.", example: 9.98 },
  authors: { description: "The people in the byline, in its order.", example: [{ name: "Ada Quill" }] },
  "authors[].name": { description: "The name as the byline prints it.", example: "Ada Quill" },
  "authors[].email": { description: "An address that readers may write to.", example: "ada@example.org" },
  "authors[].url": {
    description: "The page of the author.",
    example: "https://news.example.org/people/ada-quill",
  },
  published: {
    description:
      "When the article is published: RFC 3339 with an offset. A date that lies more than two minutes ahead schedules the article: no document shows it before.",
    example: "2026-11-02T06:10:00+01:00",
  },
  updated: {
    description:
      "When this version was published: RFC 3339 with an offset. It orders the versions of an article whose record has no revision. Without it the value of published holds.",
    example: "2026-11-02T09:45:00+01:00",
  },
  revision: {
    description: "A number that grows with each version, for a CMS that counts them. It then orders them.",
    example: 7,
  },
  breaking: {
    description: "Whether the article is breaking news. `true` means the level `urgent`.",
    example: { level: "bulletin", until: "2026-11-02T12:00:00+01:00" },
  },
  "breaking.level": {
    description: "How urgent the news is: `flash` before `bulletin` before `urgent`.",
    example: "bulletin",
  },
  "breaking.until": {
    description:
      "Until when the article is breaking news: RFC 3339 with an offset. Then its flag ends. Without it the flag ends after the time that the site file gives to the level.",
    example: "2026-11-02T12:00:00+01:00",
  },
  urgency: {
    description: "How urgent the editors find the article: 1 is the most urgent (IPTC).",
    example: 4,
  },
  change: {
    description: "What this version does to the one before: a kind, or an object with the kind and a note.",
    example: { kind: "correction", note: "The bridge was closed for fourteen months, not twelve." },
  },
  "change.kind": { description: "The kind of the change.", example: "correction" },
  "change.note": {
    description: "What readers are told about the change: documents show it before the body.",
    example: "The bridge was closed for fourteen months, not twelve.",
  },
  corrections: {
    description:
      "The changes so far that readers are told of. Without this list documents show the `change` of each version that the wire took in, the last 20.",
    example: [{ kind: "correction", note: "The bridge is 2 km long.", at: "2026-11-02T09:45:00+01:00" }],
  },
  "corrections[].kind": { description: "The kind of the change.", example: "correction" },
  "corrections[].note": { description: "What readers are told.", example: "The bridge is 2 km long." },
  "corrections[].at": {
    description: "When readers were told: RFC 3339 with an offset.",
    example: "2026-11-02T09:45:00+01:00",
  },
  label: {
    description: "Another name of `change`, for a CMS that calls it so. A record with both has them equal.",
    example: { kind: "correction", note: "The bridge was closed for fourteen months, not twelve." },
  },
  "label.kind": { description: "The same as `change.kind`.", example: "correction" },
  "label.note": {
    description: "The same as `change.note`.",
    example: "The bridge was closed for fourteen months, not twelve.",
  },
  ...MEDIA_REFERENCE,
  source: {
    description: "The agency or paper that the article is from.",
    example: { name: "Example Agency" },
  },
  "source.name": { description: "The name of the source.", example: "Example Agency" },
  "source.url": { description: "The address of the source.", example: "https://agency.example/" },
  rights: {
    description: "Who holds the rights, and what partners may do.",
    example: { holder: "Example Times" },
  },
  "rights.holder": { description: "Who holds the rights.", example: "Example Times" },
  "rights.notice": { description: "The copyright line.", example: "© 2026 Example Times" },
  "rights.terms": { description: "What partners may do, in words.", example: "Not after 24 hours." },
  "rights.license": {
    description: "The licence: its name, or its address.",
    example: "https://creativecommons.org/licenses/by/4.0/",
  },
  ...USAGE_REFERENCE,
  related: {
    description: "Articles that readers of this one want too.",
    example: [{ url: "https://news.example.org/2025/bridge-closed", title: "Freighter strikes bridge" }],
  },
  "related[].url": {
    description: "The address of the article.",
    example: "https://news.example.org/2025/bridge-closed",
  },
  "related[].title": { description: "The headline of the article.", example: "Freighter strikes bridge" },
  embargo: {
    description:
      "Until when nobody may see the article: RFC 3339 with an offset, at most 400 days ahead. No document shows the article before it.",
    example: "2026-11-02T06:00:00+01:00",
  },
  expires: {
    description:
      "When the rights to the article end: RFC 3339 with an offset. From then on no feed has the article.",
    example: "2026-11-02T06:00:00+01:00",
  },
  status: {
    description: "`withdrawn` kills the article: it leaves every feed, and its content is not kept.",
    example: "published",
  },
  reason: {
    description: "Only with the status `withdrawn`: why the article was withdrawn. No document shows it.",
    example: "Published by mistake.",
  },
  notice: {
    description:
      "Only with the status `withdrawn`: what the public is told of it, in the place of the story; by default that it is withdrawn.",
    example: "This report was withdrawn because it could not be confirmed.",
  },
};
