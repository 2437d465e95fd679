import {
  ArticleSchema,
  type Checked,
  type CheckedWithdrawal,
  type Correction,
  type Incoming,
  type Media,
  type Rendition,
  type Tag,
  WithdrawnSchema,
} from "../core/article.ts";
import { compareInstants } from "../core/instant.ts";

/*
 * The normal form of a checked record: what says nothing is left out, what says it twice says it once, and keys come
 * in the order of the schema. Two records with the same content are the same JSON; ingest compares them so.
 */

/** `checked` has its body clean. */
export function normalForm(checked: Checked): Incoming {
  const { body, section, sections, tags, revision, rights } = checked;
  return inOrder(ArticleSchema, {
    ...checked,
    body: body === "" ? undefined : body,
    sections: unique(sections ?? [], compared).filter((other) => !isSame(other, section)),
    tags: foldTags(tags ?? []),
    keywords: unique(checked.keywords ?? [], compared),
    genre: unique(checked.genre ?? [], compared),
    updated: checked.updated ?? checked.published,
    // A record without a revision counts as revision 0.
    revision: revision === 0 ? undefined : revision,
    breaking: checked.breaking === false ? undefined : checked.breaking,
    change: checked.change ?? checked.label,
    label: undefined,
    corrections: inTime(checked.corrections ?? []),
    media: checked.media?.map(normalMedium),
    rights: rights && Object.keys(rights).length > 0 ? rights : undefined,
    status: "published",
  });
}

/** A killed article: its content is not kept. */
export function normalWithdrawal(checked: CheckedWithdrawal): Incoming {
  const { id, guid, published, updated = published, revision, reason, notice } = checked;
  const kept = { id, guid, published, updated, revision: revision === 0 ? undefined : revision };
  return inOrder(WithdrawnSchema, { ...kept, reason, notice, status: "withdrawn" });
}

/** Every tag once; a bare name that another tag says more about is that tag. */
function foldTags(tags: Tag[]): Tag[] {
  const isBare = (tag: Tag) => Object.keys(tag).length === 1;
  const told = new Set(tags.filter((tag) => !isBare(tag)).map((tag) => compared(tag.name)));
  return unique(
    tags.filter((tag) => !(isBare(tag) && told.has(compared(tag.name)))),
    (tag) => compared(JSON.stringify(tag)),
  );
}

/** Everything is syndicated unless the record says no. A rendition with the address of the medium is the medium. */
function normalMedium({ syndicate, renditions = [], ...medium }: Media): Media {
  const files = new Map<string, Rendition>();
  for (const file of renditions) files.set(file.url, filled(files.get(file.url) ?? file, file));
  const own = files.get(medium.url);
  const others = [...files.values()].filter((file) => file !== own);
  return {
    ...filled(medium, own),
    ...(syndicate === false && { syndicate }),
    ...(others.length > 0 && { renditions: others }),
  };
}

/** The file with its size. What it does not say itself is taken from the other file with the same address. */
function filled<T extends Rendition>(file: T, other: Rendition | undefined): T {
  const { url, type, width = other?.width, height = other?.height, bytes = other?.bytes, ...words } = file;
  const size = Object.entries({ width, height, bytes }).filter(([, value]) => value !== undefined);
  return { url, type, ...Object.fromEntries(size), ...words } as unknown as T;
}

/** Oldest first. */
function inTime(corrections: Correction[]): Correction[] {
  return unique(corrections, (one) => JSON.stringify(one)).sort((a, b) => compareInstants(a.at, b.at));
}

/** Names as readers tell them apart: those that look the same are one. */
const compared = (name: string) => name.normalize("NFC").replace(/\s/gu, " ");
const isSame = (name: string, other = "") => compared(name) === compared(other);

function unique<T>(items: T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Without the fields that are undefined and the lists that are empty. */
function inOrder(schema: { entries: Record<string, unknown> }, fields: Record<string, unknown>): Incoming {
  const said = Object.keys(schema.entries)
    .map((key) => [key, fields[key]] as const)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(said) as Incoming;
}
