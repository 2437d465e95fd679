/*
 * The documents of a change log as a consumer reads them. What stands here is what the wire promises in docs/consumers.md;
 * members that are not named here may come at any time, as may kinds and states.
 */

/**
 * How far a consumer has come: to be kept as it is, and good for ever. `page`: the next page of the snapshot, as long as the
 * consumer takes its copy from it; `after`: the last id of the page before.
 */
export type Cursor = { epoch: string; seq: number; page?: number; after?: string };

/** A withdrawal that a story came back from. */
export type Withdrawal = { version: string; order: string; purged?: true };

/** What a change and an item of a snapshot both say of a story. `order`: its plain order as text is that of the versions. */
export type Named = {
  id: string;
  guid: string;
  version: string;
  order: string;
  feeds: string[];
  href: string;
  digest: string;
  after?: Withdrawal;
};

/** An entry of the log. `at`, `updated`: RFC 3339, UTC. */
export type Change = Named & {
  seq: number;
  at: string;
  kind: string;
  updated: string;
  breaking?: { level: string; until?: string };
  change?: string;
};

/** A story as the snapshot of an epoch names it: `published`, `removed`, `withdrawn` or `purged`. */
export type Item = Named & { status: string };

export type Page = { epoch: string; first: number; changes: Change[] };
export type Open = Page & { snapshot: { seq: number; pages: number } | null };
export type SnapshotPage = { epoch: string; stories: Item[] };

/**
 * A version of a story that nobody may show any more. `withdrawn`: it was killed. `purged`: it was killed, and every copy has to
 * be deleted, old versions too. `removed`: no feed has it any more; it is no kill.
 */
export type Takedown = {
  kind: "withdrawn" | "purged" | "removed";
  id: string;
  guid: string;
  version: string;
  order: string;
  /** When the wire accepted it; a snapshot does not say it. */
  at?: string;
};

/** The sequence number of the newest change; 0 where there is none. */
export const lastSeq = ({ first, changes }: Page) => first + changes.length - 1;

/**
 * The state in which a change leaves its story, or in which a snapshot found it. A kind that is not known leaves the story
 * published: its document tells. Nobody shows a story in a state that is not known.
 */
export function statusOf(named: Change | Item): "published" | Takedown["kind"] {
  if ("status" in named)
    return named.status === "published" ? "published" : (goneAs(named.status) ?? "removed");
  return goneAs(named.kind) ?? "published";
}

const goneAs = (text: string) => (["withdrawn", "purged", "removed"] as const).find((kind) => kind === text);

/** What is to be taken down because of a change or an item, the withdrawal that it came back from included. */
export function takedownsOf(named: Change | Item): Takedown[] {
  const { id, guid, version, order, after } = named;
  const at = "at" in named ? { at: named.at } : {};
  const kind = statusOf(named);
  const found: Takedown[] = [];
  if (after !== undefined)
    found.push({
      kind: after.purged ? "purged" : "withdrawn",
      id,
      guid,
      version: after.version,
      order: after.order,
      ...at,
    });
  if (kind !== "published") found.push({ kind, id, guid, version, order, ...at });
  return found;
}

/** A part of the snapshot: of the ids behind `after`, up to and with `to`, these exist and no others. Undefined: no bound. */
export type Dropped = { after?: string; to?: string; ids: ReadonlySet<string> };

/**
 * Whether a copy of this id is to be dropped: it lies in the part, and is not named there. The ids of a snapshot are in the order
 * of the names `{id}.json`, by character code.
 */
export function isDropped({ after, to, ids }: Dropped, id: string): boolean {
  const name = `${id}.json`;
  if (after !== undefined && name <= `${after}.json`) return false;
  if (to !== undefined && name > `${to}.json`) return false;
  return !ids.has(id);
}

/** Whether a value is an open page whose changes follow each other without a gap. */
export function isOpen(value: unknown): value is Open {
  if (!isPage(value)) return false;
  const { snapshot } = value as Partial<Open>;
  return snapshot === null || (isCount(snapshot?.seq) && isCount(snapshot?.pages));
}

/** Whether a value stands for a moment in the place of the first open page of a log, or of one that was lost. */
export function isBeginning(value: unknown): value is { begins: string } {
  return typeof (value as { begins?: unknown } | null)?.begins === "string";
}

export function isPage(value: unknown): value is Page {
  const { epoch, first, changes } = (value ?? {}) as Partial<Page>;
  if (typeof epoch !== "string" || !isCount(first) || first < 1 || !Array.isArray(changes)) return false;
  return changes.every((one, i) => isNamed(one) && one.seq === first + i && typeof one.kind === "string");
}

export function isSnapshotPage(value: unknown): value is SnapshotPage {
  const { epoch, stories } = (value ?? {}) as Partial<SnapshotPage>;
  if (typeof epoch !== "string" || !Array.isArray(stories)) return false;
  return stories.every((one) => isNamed(one) && typeof one.status === "string");
}

const isNamed = (one: Named | null | undefined) =>
  [one?.id, one?.guid, one?.version, one?.order, one?.href, one?.digest].every(
    (text) => typeof text === "string",
  );

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Throws a TypeError for an invalid cursor. */
export function checkCursor(cursor: Cursor | null | undefined): Cursor | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const { epoch, seq, page, after } = cursor;
  const isPlace = (page === undefined || isCount(page)) && (after === undefined || typeof after === "string");
  if (typeof epoch !== "string" || !isCount(seq) || !isPlace)
    throw new TypeError(
      "The cursor is not valid: give back the one that a batch had, or nothing to begin from the start.",
    );
  return { epoch, seq, ...(page !== undefined && { page }), ...(after !== undefined && { after }) };
}
