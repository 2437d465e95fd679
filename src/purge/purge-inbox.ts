import { FlashwireError } from "../core/errors.ts";
import { MAX_SHOWN_ID } from "../core/limits.ts";
import {
  beginFile,
  CONTINUES,
  headFile,
  type InboxStore,
  isTaken,
  putResult,
  RESULT,
  rewriteResult,
} from "../repository/inbox.ts";
import { CONFLICT, type ObjectHead, type StoredObject } from "../store/port.ts";
import { isRecordFile, promisesLines } from "../stream/names.ts";
import { type Cut, cutRecords, LeftError } from "./cut-records.ts";
import { INBOX_LOOK_MS, INBOX_PATIENCE_MS, MAX_PURGED_FILE_BYTES } from "./limits.ts";

/** An inbox as purging sees it. */
export type PurgeInbox = {
  store: InboxStore;
  /** Every name in it. */
  names(): AsyncIterable<string> | Promise<Iterable<string>>;
  /** Whether nobody reads files meanwhile: then no file has to be finished first. */
  isAlone: boolean;
  /** Removes every old version of what is in it; undefined where there are none. */
  forgetOld?(): Promise<number>;
};

export type PurgedInbox = {
  /** Files that records were cut out of. */
  files: { name: string; records: number }[];
  /** Results and notes of progress that said something of these records. */
  results: string[];
  /** Old stored versions of all that is in the inbox. */
  versions: number;
  /** Files of the inbox that hold no records by their names, such as archives. The purge does not look into them. */
  others: string[];
  /** Files that could not be done, with the reason. */
  left: { name: string; why: string }[];
};

export const nothingPurged = (): PurgedInbox => ({
  ...{ files: [], results: [], versions: 0 },
  ...{ others: [], left: [] },
});

type Deps = { now(): number; sleep(milliseconds: number): Promise<void> };

/**
 * Cuts the records of this article out of every file of the inbox, and takes what is said of them out of the results.
 * A file that is being read is finished first. Safe to repeat and to cut off: a file is written whole, and where its
 * reader then takes it for a new one, that changes nothing which is stored.
 */
export async function purgeInbox(deps: Deps, inbox: PurgeInbox, id: string): Promise<PurgedInbox> {
  const done = nothingPurged();
  const names: string[] = [];
  for await (const name of await inbox.names()) names.push(name);
  for (const name of names) {
    try {
      if (isRecordFile(name)) await purgeFile(deps, inbox, { name, id, done });
      else if (name.endsWith(RESULT) || name.endsWith(CONTINUES))
        await purgeResult(inbox, { name, id, done });
      else done.others.push(name);
    } catch (error) {
      if (error instanceof FlashwireError && error.code === "unsupported-media-type") done.others.push(name);
      else
        done.left.push({
          name,
          why: error instanceof LeftError ? error.message : `cannot be cut (${error})`,
        });
    }
  }
  done.versions = (await inbox.forgetOld?.()) ?? 0;
  return done;
}

type Work = { name: string; id: string; done: PurgedInbox };

async function purgeFile(deps: Deps, inbox: PurgeInbox, { name, id, done }: Work): Promise<void> {
  const { store, isAlone } = inbox;
  let cut = await cutFile(store, name, id);
  if (cut !== undefined && !isAlone) {
    await finished(deps, store, name);
    cut = await cutFile(store, name, id);
  }
  if (cut === undefined) return;
  const { bytes, lines, form, isEmpty, found } = cut;
  const wasTaken = await isTaken(store, name, found);
  const etag = await store.put(name, bytes, { condition: { ifMatch: found.etag } });
  if (etag === CONFLICT) throw new LeftError("was written again meanwhile: run the command again");
  const head = await headFile(store, name);
  const lineOf = (said: { line: number; id?: string }) => {
    // Where the file is one record, a finding about the whole file is about the record.
    const isCut = lines.includes(said.line) || (form === "one" && said.line === 0);
    if (said.id === shownId(id) || isCut) return undefined;
    // Items of an array move up.
    return form === "array" ? said.line - lines.filter((line) => line < said.line).length : said.line;
  };
  // A file of the same result is not taken in again.
  if (await rewriteResult(store, name + RESULT, lineOf, wasTaken ? head : undefined))
    done.results.push(name + RESULT);
  if (isEmpty && !wasTaken && head !== undefined) await explainEmpty(store, name, head);
  done.files.push({ name, records: lines.length });
}

const EMPTIED = "A purge cut every record out of this file before the wire took it in.";

/** Nobody has to find out why a file that was full yesterday is empty. */
async function explainEmpty(store: InboxStore, name: string, head: ObjectHead): Promise<void> {
  const result = await beginFile(store, name, head, false);
  if (result !== undefined) await putResult(store, name + RESULT, { ...result, note: EMPTIED });
}

/** Undefined where the file holds nothing of the article. */
async function cutFile(
  store: InboxStore,
  name: string,
  id: string,
): Promise<(Cut & { found: StoredObject }) | undefined> {
  const head = await headFile(store, name);
  if (head === undefined) return undefined;
  if (head.size > MAX_PURGED_FILE_BYTES)
    throw new LeftError(`has more than ${MAX_PURGED_FILE_BYTES} bytes: look into it, or delete it, by hand`);
  const found = await store.get(name);
  if (found === undefined) return undefined;
  const rules = { id, promisesLines: promisesLines(name), max: MAX_PURGED_FILE_BYTES };
  const cut = await cutRecords(found.body, rules);
  return cut.lines.length === 0 ? undefined : { ...cut, found };
}

/** Throws where the result of the file does not come. */
async function finished({ now, sleep }: Deps, store: InboxStore, name: string): Promise<void> {
  for (const until = now() + INBOX_PATIENCE_MS; now() < until; await sleep(INBOX_LOOK_MS)) {
    const head = await headFile(store, name);
    if (head === undefined || (await isTaken(store, name, head))) return;
  }
  throw new LeftError(
    "is not taken in to its end: run the command again when its result is there, or delete the file",
  );
}

async function purgeResult({ store }: PurgeInbox, { name, id, done }: Work): Promise<void> {
  const lineOf = (said: { line: number; id?: string }) => (said.id === shownId(id) ? undefined : said.line);
  if (await rewriteResult(store, name, lineOf)) done.results.push(name);
}

/** As a result names it. */
const shownId = (id: string) => id.slice(0, MAX_SHOWN_ID);
