import { pageOf } from "../store/list-page.ts";
import type { Stores } from "../store/stores.ts";

/*
 * Work that is asked for, under keys in the order of the time at which it is due. The work itself is decided by records
 * and windows: a key is only a reminder, and a reminder without a reason does nothing.
 */

type Deps = { stores: Pick<Stores, "newsroom"> };

const SCHEDULE = "schedule/";
/** Before every date: due at once. */
const AT_ONCE = "0000-01-01T00:00:00.000Z";
/** Where earlier versions left their notes for repairs. */
const OLD_REPAIRS = "repairs/";

/** `repair`: a feed that only a rebuild can fill; its name is the feed's. */
export type DueKind = "repair";

export type Due = { kind: string; name: string };

const NOTE = Buffer.from("{}\n");
const keyOf = ({ kind, name }: Due, at = AT_ONCE) => `${SCHEDULE}${at}/${kind}/${name}.json`;

/** Asks for this work, at once. However often work is asked for, it is one key. */
export async function askFor({ stores }: Deps, kind: DueKind, name: string): Promise<void> {
  await stores.newsroom.put(keyOf({ kind, name }), NOTE, { contentType: "application/json" });
}

/** Takes the reminder away. The caller has done the work. */
export async function settleDue({ stores }: Deps, kind: DueKind, name: string): Promise<void> {
  await stores.newsroom.delete(keyOf({ kind, name }));
}

/** The first work that is due at this time (milliseconds since 1970), at most `max`: one LIST where nothing is due. */
export async function listDue({ stores }: Deps, now: number, max: number): Promise<Due[]> {
  const end = `${SCHEDULE}${new Date(now).toISOString()}/\u{10ffff}`;
  const due: Due[] = [];
  for await (const key of stores.newsroom.list(SCHEDULE)) {
    if (key > end || due.length === max) break;
    const [, , kind, ...rest] = key.split("/");
    const name = rest.join("/");
    if (kind !== undefined && name.endsWith(".json"))
      due.push({ kind, name: name.slice(0, -".json".length) });
  }
  return due;
}

/** Moves the notes of an earlier version, at most `max`, to where this version looks for them. */
export async function adoptOldNotes({ stores }: Deps, max: number): Promise<void> {
  for (const key of await pageOf(stores.newsroom, OLD_REPAIRS, undefined, max)) {
    if (key.endsWith(".json"))
      await askFor({ stores }, "repair", key.slice(OLD_REPAIRS.length, -".json".length));
    await stores.newsroom.delete(key);
  }
}
