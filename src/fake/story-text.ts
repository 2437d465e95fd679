import type { Random } from "./random.ts";
import type { SentRecord } from "./script.ts";

/*
 * Invented stories. A share of them has what breaks programs: scripts from right to left, markup of XML and HTML in headlines,
 * long bodies, ids that no path may hold as they are.
 */

const PLACES = ["Rotterdam", "Zürich", "Nairobi", "Osaka", "Lima", "Kraków", "Québec", "Accra"];
const SUBJECTS = ["The council", "A court", "The harbour", "A school", "The ferry line", "An orchestra"];
const VERBS = ["reopens", "delays", "defends", "cancels", "pays for", "apologises for"];
const OBJECTS = [
  "the old bridge",
  "its budget",
  "a night train",
  "the market hall",
  "two new wells",
  "a vote",
];
const ODD = [
  { headline: 'Prices & wages: 5 < 7, "says" the bank ]]> <b>today</b>', language: "en" },
  { headline: "إعادة فتح الجسر القديم أمام المارة", language: "ar" },
  { headline: "老桥今天重新开放 🌉", language: "zh" },
  { headline: "Straßenbahn fährt wieder – Händler hoffen", language: "de" },
];
const SECTIONS = ["World", "City", "Sport", "Business", "Culture"];
const TAGS = ["Transport", "Elections", "Weather", "Health", "Football"];

/** The id of the n-th story, from 1: every ninth has characters that its address holds in another form. */
const storyId = (n: number) => (n % 9 === 0 ? `desk/${n} é` : `story-${n}`);

/** The n-th story in its first version. The sender adds the dates. */
export function newStory(random: Random, n: number): SentRecord {
  const id = storyId(n);
  const place = random.pick(PLACES);
  const text = { headline: headlineOf(random, place), language: "en" };
  return {
    id,
    url: `https://news.example.org/stories/${n}`,
    ...(random.chance(0.2) ? random.pick(ODD) : text),
    summary: `What is known about it in ${place}.`,
    body: bodyOf(random, 1),
    section: random.pick(SECTIONS),
    tags: random.chance(0.5) ? [random.pick(TAGS)] : [],
    authors: [{ name: `Reporter ${1 + random.below(20)}` }],
    dateline: place.toUpperCase(),
    ...(random.chance(0.3) && { media: [pictureOf(random, n)] }),
  };
}

/** The story with another headline and another body. */
export function rewritten(random: Random, record: SentRecord, version: number): SentRecord {
  const headline = random.chance(0.5) ? headlineOf(random, random.pick(PLACES)) : record.headline;
  return { ...record, headline, body: bodyOf(random, version) };
}

/** The story in another section. */
export function moved(random: Random, record: SentRecord): SentRecord {
  return { ...record, section: random.pick(SECTIONS.filter((section) => section !== record.section)) };
}

function headlineOf(random: Random, place: string): string {
  return `${random.pick(SUBJECTS)} of ${place} ${random.pick(VERBS)} ${random.pick(OBJECTS)}`;
}

/** One body in ten is a long read of some 20 KB. */
function bodyOf(random: Random, version: number): string {
  const paragraphs = random.chance(0.1) ? 120 : 1 + random.below(4);
  const lines = Array.from(
    { length: paragraphs },
    () =>
      `<p>${random.pick(SUBJECTS)} ${random.pick(VERBS)} ${random.pick(OBJECTS)}. ${random.pick(PLACES)} waits.</p>`,
  );
  return `<p>This is version ${version} of an invented story.</p>${lines.join("")}`;
}

function pictureOf(random: Random, n: number): object {
  return {
    url: `https://news.example.org/pictures/${n}.jpg`,
    type: "image/jpeg",
    width: 1_200,
    height: 800,
    alt: "A bridge",
    caption: `The bridge of ${random.pick(PLACES)}`,
    credit: "An invented photographer",
    role: "lead",
  };
}
