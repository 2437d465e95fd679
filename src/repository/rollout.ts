import type { Stores } from "../store/stores.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

type Deps = { stores: Pick<Stores, "newsroom"> };

/** What all windows and documents of a wire were made by. A process with other digests has to roll them out. */
const MARK_KEY = "site.json";

/** Digests of what windows are filled by, and of what documents are rendered by. */
export type Fingerprint = { placed: string; rendered: string };

/** A site file or a renderer on its way: some feeds are of it, some are of the one before. */
export type Rollout = Fingerprint & {
  /** Whether feeds are filled from the records, or only their documents rendered again. */
  scope: "windows" | "documents";
  /** When the work begins: RFC 3339. */
  begins: string;
  /** The feed up to which the work is done. */
  reached?: string;
  /** The wire was never made by anything else. */
  isFirst?: true;
};

/** Without a fingerprint it is not known what the feeds were made by. */
export type RolloutMark = Partial<Fingerprint> & { rollout?: Rollout };

/** Undefined for a wire that has no mark yet. A mark that cannot be read says nothing. */
export async function readMark({ stores }: Deps): Promise<RolloutMark | undefined> {
  const read = async () => {
    const stored = await getStored(stores.newsroom, MARK_KEY);
    return stored && parseStored<RolloutMark>(MARK_KEY, stored, () => true);
  };
  const mark = await orUnreadable(read());
  return mark instanceof UnreadableError ? {} : mark;
}

/** A fingerprint is written after the last document of it, and taken back before the first document of another one. */
export async function setMark({ stores }: Deps, mark: RolloutMark): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(mark)}\n`);
  await stores.newsroom.put(MARK_KEY, body, { contentType: "application/json" });
}
