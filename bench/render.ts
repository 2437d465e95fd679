import { type Item, Feed as PackageFeed } from "feed";
import {
  generateAtomFeed,
  generateJsonFeed,
  generateRssFeed,
  parseAtomFeed,
  parseJsonFeed,
  parseRssFeed,
} from "feedsmith";
import type { Published } from "../src/core/article.ts";
import type { Feed } from "../src/core/feed.ts";
import { emptyWindow, fold, type Window } from "../src/core/window.ts";
import { createRenderer } from "../src/render/renderer.ts";
import { readArticle } from "../src/validate/article.ts";
import { byFormat, FORMAT_NAMES, type FormatName } from "../tests/support/documents.ts";
import { testSite } from "../tests/support/site.ts";
import { benchArticle } from "./articles.ts";
import { median, ms, printRows, type Row } from "./support.ts";

/*
 * Brings the three documents of a feed of 100 articles with real bodies of 5 KB up to date after one article changed: bytes,
 * ready to put. Against what it takes with packages that render a feed whole, and against the floor: copying the
 * bytes.
 */

const ARTICLES = 100;

/** In each round all take turns, so that other work of the machine and the garbage collector slow all of them alike. */
const ROUNDS = 15;

/** The rounds before those do not count: the peers are slow at first, because the compiler sees their code least often. */
const WARM_UP_ROUNDS = 5;

/** The runs in a round: those of ours and of the copies take half a millisecond, those of the peers some twenty. */
const RUNS = 200;
const PEER_RUNS = 5;

type Documents = Record<FormatName, Uint8Array>;

/** Without the page for people, which no peer makes. */
const feed: Feed = {
  ...{ name: "all", title: "All stories", size: ARTICLES, order: "published" },
  formats: FORMAT_NAMES,
};

const site = testSite({
  language: "en-US",
  hubs: ["https://hub.example.org/"],
  size: ARTICLES,
  feeds: [{ name: "all", title: "All stories" }],
  families: [],
});

/** What the wire stores of these bodies, in three scripts. */
const BODIES = Array.from({ length: ARTICLES }, (_, n) => {
  const { article } = readArticle(benchArticle(n), { now: Date.now() });
  return "body" in article ? article.body : undefined;
});

function article(number: number, updated: Date): Published {
  const id = `story-${number}`;
  const url = `https://news.example.org/a/${id}.html?from=wire&to=reader`;
  return {
    id,
    guid: `tag:news.example.org,2026:article/${id}`,
    url,
    headline: `Ministers "agree" on talks & a timetable, part ${number}`,
    summary: "The two sides will meet again “as soon as possible”, officials said.",
    body: BODIES[number] ?? "",
    section: "World",
    tags: [{ name: "Diplomacy" }, { name: "Switzerland" }, { name: "Talks" }],
    authors: [{ name: "Kim Lee" }],
    published: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
    updated: updated.toISOString(),
    media: [
      {
        url: `https://news.example.org/images/${id}.jpg?w=1600&h=900`,
        type: "image/jpeg",
        width: 1_600,
        height: 900,
        bytes: 240_000,
        caption: "The ministers shake hands.",
        role: "lead",
      },
    ],
    status: "published",
  };
}

function folded(window: Window, changed: Published): Window {
  return fold(site, feed, window, changed.id, { article: changed, feeds: [feed.name] });
}

/** The feed with every article at its first version. */
function setUp() {
  const articles = Array.from({ length: ARTICLES }, (_, i) => article(i, new Date(Date.UTC(2026, 0, 2))));
  const window = articles.reduce(folded, emptyWindow(feed));
  const renderer = createRenderer(site, {
    onError: (id, error) => {
      throw new Error(`${id} was not rendered`, { cause: error });
    },
  });
  const documents = byFormat(renderer.render(feed, window, new Map(articles.map((each) => [each.id, each]))));
  return { articles, window, renderer, documents };
}

type Update = { window: Window; changed: Published };

/** Flashwire: what it has to render, and the documents put together, and done with. The window is there already. */
function ours({ renderer }: ReturnType<typeof setUp>): (update: Update) => void {
  return ({ window, changed }) => {
    if (renderer.missing(window.entries.items).length !== 1)
      throw new Error("more than the change is missing");
    renderer.reuse(renderer.render(feed, window, new Map([[changed.id, changed]])));
  };
}

/** One article after the other changes. */
function updates({ window }: ReturnType<typeof setUp>): () => Update {
  let current = window;
  let run = 0;
  return () => {
    const changed = article(run % ARTICLES, new Date(Date.UTC(2026, 0, 3) + run++ * 1_000));
    current = folded(current, changed);
    return { window: current, changed };
  };
}

/** The package `feed`, with as much of each article as it takes. */
function packageFeed(articles: Published[]): () => Documents {
  const items = articles.map(packageItem);
  return () => {
    const whole = new PackageFeed({
      title: site.title,
      link: site.home,
      id: site.home,
      updated: new Date(0),
      hub: site.hubs[0] ?? "",
      feedLinks: {
        rss: `${site.origin}/rss.xml`,
        atom: `${site.origin}/atom.xml`,
        json: `${site.origin}/feed.json`,
      },
    });
    for (const item of items) whole.addItem(item);
    return {
      rss: Buffer.from(whole.rss2()),
      atom: Buffer.from(whole.atom1()),
      json: Buffer.from(whole.json1()),
    };
  };
}

/** News elements go in as extensions, which it puts into RSS and JSON Feed. */
function packageItem(article: Published): Item {
  const {
    guid,
    url,
    headline,
    summary = "",
    body = "",
    section,
    tags = [],
    authors = [],
    media = [],
  } = article;
  const extension = (name: string, objects: Record<string, unknown>) => ({ name, objects });
  return {
    id: guid,
    link: url,
    title: headline,
    description: summary,
    content: body,
    author: authors.map(({ name }) => ({ name })),
    image: media[0]?.url ?? "",
    category: tags.map(({ name }) => ({ name, term: name })),
    published: new Date(article.published),
    date: new Date(article.updated),
    extensions: [
      ...authors.map(({ name }) => extension("dc:creator", { _text: name })),
      extension("atom:updated", { _text: article.updated }),
      extension("dcterms:modified", { _text: article.updated }),
      extension("prism:section", { _text: section }),
      ...media.map(({ url, type, width, height, bytes, caption }) =>
        extension("media:content", {
          _attributes: {
            url: url.replaceAll("&", "&amp;"),
            type,
            medium: "image",
            fileSize: bytes,
            width,
            height,
          },
          "media:description": { _text: caption },
        }),
      ),
    ],
  };
}

/** feedsmith, with all that it reads in our documents; its objects are there already. */
function feedsmith(documents: Documents): () => Documents {
  const text = (format: FormatName) => Buffer.from(documents[format]).toString();
  const rss = parseRssFeed(text("rss")) as Parameters<typeof generateRssFeed>[0];
  const atom = parseAtomFeed(text("atom")) as Parameters<typeof generateAtomFeed>[0];
  const json = parseJsonFeed(text("json")) as Parameters<typeof generateJsonFeed>[0];
  return () => ({
    rss: Buffer.from(generateRssFeed(rss)),
    atom: Buffer.from(generateAtomFeed(atom)),
    json: Buffer.from(JSON.stringify(generateJsonFeed(json))),
  });
}

/** The floor: the same bytes, in as many pieces, copied into three buffers. */
function copies(documents: Documents): () => Buffer[] {
  const pieces = FORMAT_NAMES.map((format) => {
    const bytes = documents[format];
    const size = Math.ceil(bytes.byteLength / ARTICLES);
    // Each piece in memory of its own, as the entries are.
    return Array.from({ length: ARTICLES }, (_, i) => Buffer.from(bytes.slice(i * size, (i + 1) * size)));
  });
  return () => pieces.map((each) => Buffer.concat(each));
}

const kilobytes = (documents: Documents) =>
  FORMAT_NAMES.map((format) => `${format} ${Math.round(documents[format].byteLength / 1_000)}`).join(", ");

/** Milliseconds of the median run of a round. What `next` makes is not timed. */
function timed<T>(runs: number, run: (input: T) => unknown, next: () => T): () => number {
  const once = () => {
    const input = next();
    const start = performance.now();
    run(input);
    return performance.now() - start;
  };
  return () => median(Array.from({ length: runs }, once));
}

/** The times of each round, one for each of these, which take turns. */
function inTurn(rounds: (() => number)[]): number[][] {
  const turns = Array.from({ length: WARM_UP_ROUNDS + ROUNDS }, () => rounds.map((round) => round()));
  return turns.slice(WARM_UP_ROUNDS);
}

export async function renderBench(): Promise<Row[]> {
  const start = setUp();
  const peers = { feed: packageFeed(start.articles), feedsmith: feedsmith(start.documents) };
  console.log(
    `KB: ours ${kilobytes(start.documents)}; feed ${kilobytes(peers.feed())}; feedsmith ${kilobytes(peers.feedsmith())}`,
  );
  const nothing = () => undefined;
  const turns = inTurn([
    timed(RUNS, ours(start), updates(start)),
    timed(RUNS, copies(start.documents), nothing),
    timed(PEER_RUNS, peers.feed, nothing),
    timed(PEER_RUNS, peers.feedsmith, nothing),
  ]);
  const of = (column: number) => median(turns.map((times) => times[column] ?? Number.NaN));
  // The two times are of the same round, because a busy machine makes a round slow as a whole.
  const ratio = (a: number, b: number) => median(turns.map((times) => (times[a] ?? 0) / (times[b] ?? 0)));
  const [mine, floor] = [0, 1];
  const row = (measure: string, value: string, reach = "", ok = true) => ({ measure, value, reach, ok });
  const times = (peer: string, column: number, reach: number) =>
    row(
      `the same, all of it by ${peer}`,
      `${ms(of(column))}, ${ratio(column, mine).toFixed(0)} ×`,
      `≥ ${reach} ×`,
      ratio(column, mine) >= reach,
    );
  return [
    row("3 documents of 100 × 5 KB after 1 changed article", ms(of(mine))),
    times("feed", 2, 60),
    times("feedsmith", 3, 30),
    row(
      "one Buffer.concat of the same bytes each",
      `${ms(of(floor))}: ours is ${ratio(mine, floor).toFixed(1)} × that`,
    ),
  ];
}

if (import.meta.main) printRows(await renderBench());
