import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { AcceptedSchema, type Answer, AnswerSchema } from "../../contract/answers.ts";
import { type Place, PlacesSchema } from "../../contract/documents.ts";
import { codeOf } from "../../contract/problem.ts";
import { encodeArticleId } from "../../core/article-id.ts";
import { FlashwireError } from "../../core/errors.ts";
import { SMOKE_FEED, SMOKE_ID } from "../../core/smoke.ts";
import { FORMATS } from "../../render/formats.ts";
import { FIRST_SMOKE_LOOK_MS, SMOKE_EVERY_MS, SMOKE_PATIENCE_MS } from "../limits.ts";
import { failureOf, readAnswer, readProblem } from "./answer.ts";
import { ask, call } from "./client.ts";
import type { Target } from "./target.ts";

/*
 * The steps of a test of a wire. All runs send the same article, each run a revision of its own, so that the wire keeps one
 * record of all tests. Two runs at the same time know each other by their revisions.
 */

const PATH = `/articles/${encodeArticleId(SMOKE_ID)}`;
const ADDRESS = "https://example.org/flashwire-smoke/";

/** A date that has passed by any clock. */
const PUBLISHED = "2026-01-01T00:00:00Z";

const articleOf = (revision: number) => ({
  id: SMOKE_ID,
  url: `${ADDRESS}${revision}`,
  headline: "Test of the wire, please ignore",
  published: PUBLISHED,
  revision,
});

/** The revision of the next run: higher than that of the last run, also where the clock of the last run was ahead. */
export async function nextRun(target: Target): Promise<number> {
  // Microseconds, as a revision may have: two runs that begin together differ.
  const now = Date.now() * 1_000 + Math.floor(Math.random() * 1_000);
  return Math.max(now, 1 + (await lastRun(target)));
}

/** The revision of the run that the wire took in last; 0 where there was none. */
async function lastRun(target: Target): Promise<number> {
  const response = await call(target, "GET", PATH);
  if (response.status === 404) return 0;
  if (response.ok) return revisionOf(await readAnswer(StoredSchema, response));
  const problem = response.status === 410 ? await readProblem(response) : undefined;
  if (problem?.tombstone === undefined) throw await failureOf(response);
  return revisionOf(problem.tombstone);
}

const StoredSchema = v.object({ revision: v.exactOptional(v.number()) });

const revisionOf = ({ revision = 0 }: { revision?: number | undefined }) => revision;

const killOf = (revision: number) => ({
  ...{ id: SMOKE_ID, published: PUBLISHED, revision },
  ...{ status: "withdrawn", reason: "Test of the wire" },
});

/**
 * Throws `forbidden` for a token that may not send the article or may not withdraw it again, `unavailable` for a wire
 * that would show the article to readers, as those of earlier versions do, and `stale` behind another run.
 */
export async function checkWay(target: Target, revision: number): Promise<void> {
  const body = JSON.stringify([articleOf(revision), killOf(revision)]);
  const [answer, kill] = await ask(target, v.array(AnswerSchema), "POST", "/articles?dry-run=true", { body });
  const feeds = [...(answer?.preview?.enters ?? []), ...(answer?.preview?.stays ?? [])];
  const wrong = feeds.find((feed) => feed !== SMOKE_FEED);
  if (wrong !== undefined) {
    const detail = `${target.url} is of an earlier version and would show the test in ${wrong}: deploy it first.`;
    throw new FlashwireError("unavailable", `${detail} Nothing was sent.`);
  }
  if (kill?.status === 403) throw refusalOf(target, kill);
  if (feeds.length > 0) return;
  throw refusalOf(target, answer);
}

function refusalOf(target: Target, answer: Answer | undefined): FlashwireError {
  const { type = "", title = "no feed takes the test article", detail = title } = answer?.problem ?? {};
  return new FlashwireError(codeOf(type) ?? "unavailable", `${target.url} cannot be tested: ${detail}`);
}

/** Sends the article of this run, as a newsroom would; answers where readers would find it. Throws `stale` behind another run. */
export async function sendRun(target: Target, revision: number): Promise<Place> {
  await ask(target, AcceptedSchema, "PUT", PATH, { body: JSON.stringify(articleOf(revision)) });
  const { feeds } = await ask(target, PlacesSchema, "GET", `${PATH}/feeds`);
  const [place = await placeOfKilled(target)] = feeds;
  return place;
}

/** Another run may have ended meanwhile. */
async function placeOfKilled(target: Target): Promise<Place> {
  const { left } = await ask(target, PlacesSchema, "GET", `${PATH}/feeds`);
  const place = left.find(({ feed }) => feed === SMOKE_FEED);
  if (place === undefined) throw new FlashwireError("not-found", "No feed took the test article.");
  return place;
}

/** Kills the article of this run. Another run may have taken its place by now. */
export async function endRun(target: Target, revision: number): Promise<void> {
  const body = JSON.stringify(killOf(revision));
  await ask(target, AcceptedSchema, "PUT", PATH, { body }).catch((error: unknown) => {
    if (!(error instanceof FlashwireError && error.code === "stale")) throw error;
  });
}

/** Waits until every document shows this run or a later one. Throws `stale` where another run has taken its place. */
export async function untilSeen(target: Target, place: Place, revision: number): Promise<void> {
  await untilAll(
    place,
    "is not in",
    (runs) => runs.some((run) => run >= revision),
    async () => {
      if ((await lastRun(target)) > revision) throw new FlashwireError("stale", "Another test has begun.");
    },
  );
}

/** Waits until no document shows this run. */
export async function untilGone(place: Place, revision: number): Promise<void> {
  await untilAll(
    place,
    "is still in",
    (runs) => !runs.includes(revision),
    async () => {},
  );
}

async function untilAll(
  place: Place,
  otherwise: string,
  isDone: (runs: number[]) => boolean,
  beforePause: () => Promise<void>,
): Promise<void> {
  const deadline = Date.now() + SMOKE_PATIENCE_MS;
  const left = new Set(FORMATS.flatMap(({ name }) => place[name] ?? []));
  for (let pause = FIRST_SMOKE_LOOK_MS; ; pause = Math.min(SMOKE_EVERY_MS, 2 * pause)) {
    for (const url of left) {
      const runs = await runsIn(url);
      if (runs !== undefined && isDone(runs)) left.delete(url);
    }
    if (left.size === 0) return;
    if (Date.now() > deadline)
      throw new FlashwireError("unavailable", `The test article ${otherwise} ${[...left].join(", ")}.`);
    await beforePause();
    await sleep(pause);
  }
}

/** The runs that a reader finds in this document; undefined where the reader gets no document. */
async function runsIn(url: string): Promise<number[] | undefined> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const text = await response.text();
  return [...text.matchAll(/https:\/\/example\.org\/flashwire-smoke\/(\d+)/g)].map(([, run]) => Number(run));
}
