import * as v from "valibot";
import { CONFLICT, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { getStored, parseStored, UnreadableError } from "./stored-json.ts";

/** What the wire keeps of each source that it follows: how far it came, which articles it saw, and how it signs in. */
const SOURCES = "sources/";
const stateKey = (name: string) => `${SOURCES}${name}/state.json`;
const knownKey = (name: string) => `${SOURCES}${name}/known.json`;
const authKey = (name: string) => `${SOURCES}${name}/auth.json`;

type Deps = { stores: Pick<Stores, "newsroom"> };

const instant = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

const StateSchema = v.object({
  /** When it was asked last, when it answered last, and before when it is not asked again. */
  polled: instant,
  heard: v.exactOptional(instant),
  next: instant,
  cursor: v.record(v.string(), v.union([v.string(), v.number()])),
  /** Polls in a row that failed, and what the last of them failed for. */
  failures: v.number(),
  fault: v.exactOptional(v.string()),
  /** Articles may have come and gone unseen between these times. */
  gap: v.exactOptional(v.object({ from: instant, until: instant })),
  /** Keys of articles that the source called gone or hidden, and since when. */
  suspects: v.record(v.string(), instant),
  /** Articles that the source calls gone, so many at once that nobody but an operator may withdraw them. */
  held: v.exactOptional(v.object({ keys: v.array(v.string()), since: instant })),
  /** Those of the articles whose withdrawal an operator has confirmed. */
  confirmed: v.exactOptional(v.array(v.string())),
  /** Articles whose last version the door refused, and why. */
  refused: v.array(v.object({ key: v.string(), where: v.string(), detail: v.string() })),
});

export type SourceState = v.InferOutput<typeof StateSchema>;

/** An article that a source has shown: `digest` is that of the record that was made of it. */
const KnownSchema = v.object({
  articles: v.array(
    v.object({
      key: v.string(),
      id: v.string(),
      url: v.string(),
      digest: v.string(),
      published: v.exactOptional(v.string()),
    }),
  ),
});

export type KnownArticle = v.InferOutput<typeof KnownSchema>["articles"][number];

/** Without a value where what is stored cannot be read: the source is then read as for the first time. */
export type Tagged<T> = { value: T | undefined; etag: string };

/** Undefined before the first poll. */
export async function readSourceState(
  { stores }: Deps,
  name: string,
): Promise<Tagged<SourceState> | undefined> {
  return readOrAnew(stores, stateKey(name), (value) => v.is(StateSchema, value));
}

export async function readKnown({ stores }: Deps, name: string): Promise<Tagged<KnownArticle[]> | undefined> {
  type Known = v.InferOutput<typeof KnownSchema>;
  const read = await readOrAnew<Known>(stores, knownKey(name), (value) => v.is(KnownSchema, value));
  return read && { value: read.value?.articles, etag: read.etag };
}

async function readOrAnew<T>(
  stores: Deps["stores"],
  key: string,
  isRight: (value: Partial<T>) => boolean,
): Promise<Tagged<T> | undefined> {
  try {
    const stored = await getStored(stores.newsroom, key);
    return stored && { value: parseStored<T>(key, stored, isRight), etag: stored.etag };
  } catch (error) {
    if (!(error instanceof UnreadableError) || error.found === "missing") throw error;
    return { value: undefined, etag: error.found.etag };
  }
}

/** Over what was read; answers false where somebody else has written meanwhile. */
export async function putSourceState(
  { stores }: Deps,
  name: string,
  state: SourceState,
  before: { etag: string } | undefined,
): Promise<boolean> {
  return put(stores, stateKey(name), state, before);
}

export async function putKnown(
  { stores }: Deps,
  name: string,
  articles: KnownArticle[],
  before: { etag: string } | undefined,
): Promise<boolean> {
  return put(stores, knownKey(name), { articles }, before);
}

async function put(stores: Deps["stores"], key: string, value: object, before: { etag: string } | undefined) {
  const options = { contentType: "application/json", condition: unchanged(before) };
  return (await stores.newsroom.put(key, Buffer.from(JSON.stringify(value)), options)) !== CONFLICT;
}

const AuthSchema = v.object({ user: v.string(), password: v.string() });
export type SourceAuth = v.InferOutput<typeof AuthSchema>;

/** How the wire signs in at a source. Undefined where it does not; throws an UnreadableError for what cannot be read. */
export async function readSourceAuth({ stores }: Deps, name: string): Promise<SourceAuth | undefined> {
  const stored = await getStored(stores.newsroom, authKey(name));
  return stored && parseStored<SourceAuth>(authKey(name), stored, (value) => v.is(AuthSchema, value));
}

export async function putSourceAuth({ stores }: Deps, name: string, auth: SourceAuth): Promise<void> {
  const body = Buffer.from(JSON.stringify(auth));
  await stores.newsroom.put(authKey(name), body, { contentType: "application/json" });
}

export async function forgetSourceAuth({ stores }: Deps, name: string): Promise<void> {
  await stores.newsroom.delete(authKey(name));
}
