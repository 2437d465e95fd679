import { expect, vi } from "vitest";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { DOCUMENT_FILES, FORMAT_NAMES, type FormatName } from "./documents.ts";

/*
 * One day of an editor on the local wire, over HTTP: a story breaks, is updated and corrected, is breaking news no more,
 * and is killed. Another story is there before all that, is corrected too, and stays; a third one comes in before the kill.
 */

export const STEPS = ["before", "break", "update", "correct", "end", "other", "kill"] as const;
export type Step = (typeof STEPS)[number];

const at = (time: string) => `2026-11-02T${time}:00.000Z`;
export const TIMES = {
  before: at("07:00"),
  break: at("08:00"),
  update: at("08:20"),
  correct: at("09:00"),
  end: at("10:00"),
  other: at("10:30"),
  kill: at("11:00"),
} satisfies Record<Step, string>;

export const NOTES = {
  update: "Adds the fire brigade.",
  correction: "The fire is at pier 9, not at pier 4.",
  ferry: "The first ferry leaves at seven, not at six.",
};
export const REASON = "The tip was a hoax.";
export const NOTICE = "We could not confirm this story.";

/** What no document may have of the killed story. */
export const KILLED_WORDS = [
  "Fire at the harbour",
  "pier",
  "brigade",
  "news.example.org/fire",
  "Ada",
  "hoax",
];

const FIRE = {
  id: "fire",
  url: "https://news.example.org/fire",
  headline: "Fire at the harbour",
  body: "<p>A fire has broken out at pier 4.</p>",
  authors: [{ name: "Ada Quill" }],
  section: "City",
  published: TIMES.break,
  breaking: { level: "flash", until: TIMES.end },
};
const UPDATED = {
  ...FIRE,
  body: "<p>A fire has broken out at pier 4.</p><p>The fire brigade is there.</p>",
  updated: TIMES.update,
  change: { kind: "update", note: NOTES.update },
};
const CORRECTED = {
  ...UPDATED,
  body: "<p>A fire has broken out at pier 9.</p><p>The fire brigade is there.</p>",
  updated: TIMES.correct,
  change: { kind: "correction", note: NOTES.correction },
};
const FERRY = {
  id: "ferry",
  url: "https://news.example.org/ferry",
  headline: "The ferry is back",
  body: "<p>The first ferry leaves at six.</p>",
  section: "City",
  published: TIMES.before,
};
const FERRY_CORRECTED = {
  ...FERRY,
  body: "<p>The first ferry leaves at seven.</p>",
  updated: TIMES.correct,
  change: { kind: "correction", note: NOTES.ferry },
};
const MARKET = {
  id: "market",
  url: "https://news.example.org/market",
  headline: "The market moves",
  body: "<p>The market moves to the square.</p>",
  section: "City",
  published: TIMES.other,
};

export const GUIDS = {
  fire: "tag:news.example.org,2026:article/fire",
  ferry: "tag:news.example.org,2026:article/ferry",
  market: "tag:news.example.org,2026:article/market",
};

type DayOptions = {
  /** The data folder. */
  data: string;
  siteFile?: string;
  /** Called when a step is done and the documents are written. */
  after(step: Step, url: string): Promise<void>;
};

/** Lives through the day on a wire in this process, whose clock says what the steps say. */
export async function liveTheDay({ data, siteFile, after }: DayOptions): Promise<void> {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.parse(TIMES.before));
  let wire: Wire | undefined;
  try {
    const started = await startWire(
      { port: 0, host: "127.0.0.1", data, ...(siteFile && { siteFile }) },
      () => {},
    );
    wire = started;
    await started.idle();
    for (const step of STEPS) {
      clock.mockReturnValue(Date.parse(TIMES[step]));
      await doings[step](started);
      await after(step, started.url);
    }
  } finally {
    await wire?.close();
    clock.mockRestore();
  }
}

export const FEEDS = ["all", "breaking"] as const;
export type Feed = (typeof FEEDS)[number];

/** What a reader gets of a feed in a format after a step. */
export type RecordedDay = (step: Step, feed: Feed, format: FormatName) => Uint8Array;

/** Lives through the day and keeps every document after each step. */
export async function recordTheDay(options: Omit<DayOptions, "after">): Promise<RecordedDay> {
  const documents = new Map<string, Uint8Array>();
  const after = async (step: Step, url: string) => {
    for (const feed of FEEDS)
      for (const format of FORMAT_NAMES) {
        const response = await fetch(`${url}/feeds/${feed}/${DOCUMENT_FILES[format]}`);
        expect(response.status).toBe(200);
        documents.set(`${step} ${feed} ${format}`, new Uint8Array(await response.arrayBuffer()));
      }
  };
  await liveTheDay({ ...options, after });
  return (step, feed, format) => documents.get(`${step} ${feed} ${format}`) as Uint8Array;
}

const doings: Record<Step, (wire: Wire) => Promise<void>> = {
  before: (wire) => call(wire, "PUT", FERRY, 201),
  break: (wire) => call(wire, "PUT", FIRE, 201),
  update: (wire) => call(wire, "PUT", UPDATED, 200),
  async correct(wire) {
    await call(wire, "PUT", CORRECTED, 200);
    await call(wire, "PUT", FERRY_CORRECTED, 200);
  },
  // Nobody sends anything: it is the next tick that ends the flag.
  end: (wire) => wire.idle(),
  other: (wire) => call(wire, "PUT", MARKET, 201),
  kill: (wire) => call(wire, "DELETE", { id: FIRE.id, reason: REASON, notice: NOTICE }, 200),
};

async function call(
  { url, token }: Wire,
  method: "PUT" | "DELETE",
  { id, ...fields }: { id: string } & Record<string, unknown>,
  expected: number,
): Promise<void> {
  const response = await fetch(`${url}/articles/${id}?wait=published`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(method === "PUT" ? { id, ...fields } : fields),
  });
  expect([response.status, await response.text()]).toEqual([expected, expect.any(String)]);
}
