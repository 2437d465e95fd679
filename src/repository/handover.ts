import pMap from "p-map";
import { decodeArticleId, encodeArticleId } from "../core/article-id.ts";
import { CONCURRENCY, MAX_KEY_BYTES } from "../store/limits.ts";
import { pageOf } from "../store/list-page.ts";
import { CONFLICT, type ObjectHead, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { MAX_NOTES } from "./limits.ts";

/*
 * How publishers that meet at the same windows hand their work over. One of them has the turn. The others leave notes
 * that name articles, and the one that has the turn publishes those too.
 */

type Deps = { stores: Pick<Stores, "newsroom"> };

/** The turn: there while a publisher has it, or until others take the turn of a dead publisher. */
const TURN_KEY = "handover/turn.json";
export const NOTES = "handover/notes/";

/**
 * A request to publish some articles. A note is removed by its own publisher, or by another one after the documents of
 * these articles were written. The articles stand in its key, so that one LIST reads all notes.
 */
export type Note = { key: string; ids: string[] };

/** Notes for these articles. `token` is the publisher's, for this one request alone. */
export function notesFor(token: string, ids: Iterable<string>): Note[] {
  const notes: Note[] = [];
  for (const id of ids) {
    const last = notes.at(-1);
    const longer = last && `${last.key},${encodeArticleId(id)}`;
    if (last === undefined || longer === undefined || longer.length > MAX_KEY_BYTES)
      notes.push({ key: `${NOTES}${token}/${encodeArticleId(id)}`, ids: [id] });
    else Object.assign(last, { key: longer, ids: [...last.ids, id] });
  }
  return notes;
}

export async function leaveNotes({ stores }: Deps, notes: Note[]): Promise<void> {
  await pMap(notes, ({ key }) => stores.newsroom.put(key, new Uint8Array()), { concurrency: CONCURRENCY });
}

/** Those of these notes that nobody has removed. */
export async function notesLeft({ stores }: Deps, notes: Note[]): Promise<Note[]> {
  const heads = await pMap(notes, ({ key }) => stores.newsroom.head(key), { concurrency: CONCURRENCY });
  return notes.filter((_, i) => heads[i] !== undefined);
}

/** The notes of all publishers, at most MAX_NOTES. */
export async function listNotes({ stores }: Deps): Promise<Note[]> {
  return (await pageOf(stores.newsroom, NOTES, undefined, MAX_NOTES)).map((key) => {
    const forms = key.slice(key.lastIndexOf("/") + 1).split(",");
    return { key, ids: forms.flatMap((form) => decodeArticleId(form) ?? []) };
  });
}

export async function removeNotes({ stores }: Deps, notes: Note[]): Promise<void> {
  await pMap(notes, ({ key }) => stores.newsroom.delete(key), { concurrency: CONCURRENCY });
}

const turnOf = (token: string, beat: number) => Buffer.from(`${JSON.stringify({ token, beat })}\n`);

/** Takes the turn if it is free, or still as `found`. Answers the ETag of the turn; undefined where it is not ours. */
export async function takeTurn(
  { stores }: Deps,
  token: string,
  found?: ObjectHead,
): Promise<string | undefined> {
  const options = { condition: unchanged(found), contentType: "application/json" };
  const etag = await stores.newsroom.put(TURN_KEY, turnOf(token, 0), options);
  return etag === CONFLICT ? undefined : etag;
}

/**
 * Shows those who wait that the holder of the turn lives. `beat` counts from 1. Answers the ETag of the turn, which was
 * `etag` before; that of a turn which was lost stays lost.
 */
export async function renewTurn(
  { stores }: Deps,
  { token, beat, etag }: { token: string; beat: number; etag: string },
): Promise<string> {
  const body = turnOf(token, beat);
  const options = { condition: { ifMatch: etag }, contentType: "application/json" };
  const renewed = await stores.newsroom.put(TURN_KEY, body, options);
  // The put may have won, and its answer was lost.
  return renewed === CONFLICT ? (stores.newsroom.etagOf(body) ?? etag) : renewed;
}

/** The turn, with an ETag that changes when it is taken or renewed; undefined where it is free. */
export function headTurn({ stores }: Deps): Promise<ObjectHead | undefined> {
  return stores.newsroom.head(TURN_KEY);
}

/** Whether the turn was taken with this token: the answer to the put that took it may have been lost. */
export function isTurnOf({ stores }: Deps, token: string, found: ObjectHead): boolean {
  return found.etag === stores.newsroom.etagOf(turnOf(token, 0));
}

/** Ends the turn of this ETag. A turn that somebody else has taken meanwhile stays. */
export async function endTurn({ stores }: Deps, etag: string): Promise<void> {
  await stores.newsroom.delete(TURN_KEY, { ifMatch: etag });
}
