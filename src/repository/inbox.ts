import type { ErrorCode, FieldProblem } from "../core/errors.ts";
import type { ObjectHead, Store, StoredObject, Versions } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";

/** Where files of records are put, with their results beside them: the private bucket, or a folder of plain files. */
export type InboxStore = Pick<Store, "get" | "head" | "put" | "delete">;

/** Ends of keys beside a file of the inbox: how far it was taken in, and what became of it. */
export const CONTINUES = ".progress";
export const RESULT = ".result";

/** Names of what programs still write: they rename it when it is whole. */
const UNFINISHED = /\.(part|tmp)$/i;

/**
 * Whether a key of the inbox is none of a file that somebody put there: our own notes, hidden files, files that are
 * still written, and what stands for a folder.
 */
export function isPassedOver(key: string): boolean {
  const name = key.slice(key.lastIndexOf("/") + 1);
  const isNote = name.endsWith(CONTINUES) || name.endsWith(RESULT);
  return name === "" || name.startsWith(".") || isNote || UNFINISHED.test(name);
}

/** What a file was found to be. */
export type FileShape = { form: "one" | "array" | "ndjson"; isPacked: boolean };

/** `line` is 0 for what is wrong with the whole file. */
export type Refusal = { line: number; id?: string; code: ErrorCode; detail: string; errors: FieldProblem[] };

/** What became of a file of the inbox, the one of this ETag and time. `done` counts its records; the first refusals are named. */
export type InboxResult = {
  file: string;
  etag: string;
  modified: string;
  done: number;
  /** Lines and bytes, of the unpacked text, behind which the next run reads on. */
  line: number;
  bytes: number;
  /** What the file was found to be. Absent before a run ended in it, and in what version 0.1 wrote. */
  shape?: FileShape;
  /** What a person should know of a file that was taken: that there was nothing in it. */
  note?: string;
  accepted: number;
  /** How many of the accepted records are kills whose documents are written next. Absent when there are none. */
  withdrawing?: number;
  unchanged: number;
  refused: number;
  refusals: Refusal[];
  /** The first warnings about records that were taken, as for refusals. Absent when there are none. */
  warnings?: { line: number; id: string; warnings: FieldProblem[] }[];
};

/** What is known of this content so far; undefined where another event works on it, or has finished it. */
export async function beginFile(
  inbox: InboxStore,
  file: string,
  head: ObjectHead,
  continues: boolean,
): Promise<InboxResult | undefined> {
  const { etag } = head;
  const modified = head.modified.toISOString();
  const isOfThis = (found: InboxResult | undefined) => found?.etag === etag && found.modified === modified;
  const progress = await read(inbox, file + CONTINUES);
  if (isOfThis(await read(inbox, file + RESULT))) {
    // The last run ended between its two writes.
    if (progress !== undefined) await forgetProgress(inbox, file, { etag, modified });
    return undefined;
  }
  if (isOfThis(progress)) return continues ? progress : undefined;
  const counts = { done: 0, line: 0, bytes: 0, accepted: 0, unchanged: 0, refused: 0 };
  return continues ? undefined : { file, etag, modified, ...counts, refusals: [] };
}

async function read(inbox: InboxStore, key: string): Promise<InboxResult | undefined> {
  const stored = await inbox.get(key);
  return stored && parse(stored);
}

function parse({ body }: StoredObject): InboxResult | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    // A damaged note counts as none: the file is taken from its start, and its records are unchanged by then.
    return undefined;
  }
}

type Reached = { line: number; end?: number; shape: FileShape };

/** Notes where to read on behind the last record of a batch; false where there is nothing more to read. */
export function moveOn(result: InboxResult, last: Reached | undefined): boolean {
  if (last?.end === undefined) return false;
  result.line = last.line;
  result.bytes = last.end;
  result.shape = last.shape;
  return true;
}

export async function putResult(inbox: InboxStore, key: string, result: InboxResult): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(result, undefined, 2)}\n`);
  await inbox.put(key, body, { contentType: "application/json" });
}

const INBOX = "inbox/";

/** Every key of the inbox of the private bucket: files, and what is written beside them. */
export function listInbox({ stores }: { stores: Pick<Stores, "newsroom"> }): AsyncIterable<string> {
  return stores.newsroom.list(INBOX);
}

/** Removes every stored version of everything in the inbox but the newest, for good; answers how many there were. */
export function forgetOldFiles(versions: Versions): Promise<number> {
  return versions.forgetOldBelow(INBOX);
}

/** Whether all records of this file are taken in: its result is there. */
export async function isTaken(inbox: InboxStore, file: string, head: ObjectHead): Promise<boolean> {
  return isResultOf(await read(inbox, file + RESULT), head);
}

const isResultOf = (found: InboxResult | undefined, { etag, modified }: ObjectHead) =>
  found?.etag === etag && found.modified === modified.toISOString();

/**
 * Writes a result or progress again. `lineOf`: the line under which it goes on to say something of a record; undefined
 * where it says nothing of it any more. `head`: of the file that it is about from now on. Answers whether it changed.
 */
export async function rewriteResult(
  inbox: InboxStore,
  key: string,
  lineOf: (said: { line: number; id?: string }) => number | undefined,
  head?: ObjectHead,
): Promise<boolean> {
  const result = await read(inbox, key);
  if (result === undefined) return false;
  const left = <T extends { line: number; id?: string }>(all: T[] = []) =>
    all.flatMap((one) => {
      const line = lineOf(one);
      return line === undefined ? [] : [{ ...one, line }];
    });
  const [refusals, warnings] = [left(result.refusals), left(result.warnings)];
  const about = head && { etag: head.etag, modified: head.modified.toISOString() };
  const next = { ...result, ...about, refusals, ...(result.warnings && { warnings }) };
  if (JSON.stringify(next) === JSON.stringify(result)) return false;
  await putResult(inbox, key, next);
  return true;
}

/** Whether anything is in the inbox under this key. */
export function headFile(inbox: InboxStore, file: string): Promise<ObjectHead | undefined> {
  return inbox.head(file);
}

/**
 * Forgets how far this content of the file was taken in: its result is written. What another run notes meanwhile of a content
 * that came later stays, or nobody would read that content to its end.
 */
export async function forgetProgress(
  inbox: InboxStore,
  file: string,
  taken: Pick<InboxResult, "etag" | "modified">,
): Promise<void> {
  const stored = await inbox.get(file + CONTINUES);
  if (stored === undefined) return;
  const progress = parse(stored);
  const isOfThis = progress?.etag === taken.etag && progress.modified === taken.modified;
  if (progress !== undefined && !isOfThis && progress.modified >= taken.modified) return;
  await inbox.delete(file + CONTINUES, { ifMatch: stored.etag });
}
