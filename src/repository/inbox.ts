import type { ErrorCode, FieldProblem } from "../core/errors.ts";
import type { ObjectHead } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";

type Deps = { stores: Pick<Stores, "newsroom"> };

/** Ends of keys beside a dropped file: how far it was taken in, and what became of it. */
export const CONTINUES = ".progress";
export const RESULT = ".result";

export type Refusal = { line: number; id?: string; code: ErrorCode; detail: string; errors: FieldProblem[] };

/** What became of a dropped file, the one of this ETag and time. `done` counts its records; the first refusals are named. */
export type InboxResult = {
  file: string;
  etag: string;
  modified: string;
  done: number;
  /** Lines and bytes behind which the next run reads on. */
  line: number;
  bytes: number;
  accepted: number;
  unchanged: number;
  refused: number;
  refusals: Refusal[];
};

/** What is known of this content so far; undefined where another event has to do with it, or had. */
export async function begin(
  deps: Deps,
  file: string,
  head: ObjectHead,
  continues: boolean,
): Promise<InboxResult | undefined> {
  const { etag } = head;
  const modified = head.modified.toISOString();
  const isOfThis = (found: InboxResult | undefined) => found?.etag === etag && found.modified === modified;
  const progress = await read(deps, file + CONTINUES);
  if (isOfThis(await read(deps, file + RESULT))) {
    // The last run ended between its two writes.
    if (progress !== undefined) await deps.stores.newsroom.delete(file + CONTINUES);
    return undefined;
  }
  if (isOfThis(progress)) return continues ? progress : undefined;
  const counts = { done: 0, line: 0, bytes: 0, accepted: 0, unchanged: 0, refused: 0 };
  return continues ? undefined : { file, etag, modified, ...counts, refusals: [] };
}

async function read({ stores }: Deps, key: string): Promise<InboxResult | undefined> {
  const stored = await stores.newsroom.get(key);
  return stored && JSON.parse(Buffer.from(stored.body).toString());
}

/** Notes where to read on behind the last record of a batch; false where there is nothing more to read. */
export function moveOn(result: InboxResult, last: { line: number; end?: number } | undefined): boolean {
  if (last?.end === undefined) return false;
  result.line = last.line;
  result.bytes = last.end;
  return true;
}

export async function put(deps: Deps, key: string, result: InboxResult): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(result, undefined, 2)}\n`);
  await deps.stores.newsroom.put(key, body, { contentType: "application/json" });
}
