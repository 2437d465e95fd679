import { mediaTypeOf } from "./addresses.ts";
import { namesIn } from "./bylines.ts";
import type { Findings } from "./findings.ts";
import { meant, restricts } from "./names.ts";
import { pointer } from "./problems.ts";
import { choicesOf, isObject, mostItems, objectIn, type Shape, unwrapped } from "./shape.ts";
import { booleanOf, mendValue, type Surroundings } from "./values.ts";

/*
 * Goes through a record along its schema before the check and mends what has one meaning, such as other spellings, or a
 * text where an object is wanted; it drops fields that say nothing. Answers the same object where nothing has to be mended. The
 * check finds what is still wrong.
 */

export type Repair = Surroundings & {
  found: Findings;
  /** A kill: the story goes, also where something restricts it. */
  withdrawn: boolean;
  /** Milliseconds. */
  now: number;
  /** Where in the record that was sent the repair stands. */
  path: (string | number)[];
};

/** Which field of an object a text in its place stands for. */
const TEXT_STANDS_FOR = ["name", "url", "notice", "level"];

/** The value as the schema wants it; undefined where it says nothing. */
export function repair(schema: Shape, value: unknown, at: Repair): unknown {
  if (saysNothing(value)) return undefined;
  const shape = unwrapped(schema);
  if (shape.item !== undefined) return repairList(shape, shape.item, value, at);
  if (shape.entries !== undefined) return repairObject(shape, shape.entries, value, at);
  if (shape.type === "union") return repairChoice(shape, value, at);
  const mended = mendValue(shape, value, at);
  if (mended.detail !== undefined) at.found.noted.push({ pointer: pointer(at.path), detail: mended.detail });
  if (isObject(value) && mended.value !== value) checkWrapper(value, mended.value, at);
  return mended.value;
}

function saysNothing(value: unknown): boolean {
  if (typeof value === "string") return value === "" || value.trim() === "";
  if (typeof value !== "object") return value === undefined;
  if (value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function repairChoice(shape: Shape, sent: unknown, at: Repair): unknown {
  const value = Array.isArray(sent) && sent.length === 1 ? sent[0] : sent;
  const { whole, text, boolean } = choicesOf(shape);
  if (isObject(value) && whole !== undefined) return repair(whole, value, at);
  const said = boolean === undefined ? undefined : booleanOf(value);
  if (said !== undefined) return said;
  if (text !== undefined) return repair(text, value, at);
  const level = whole?.entries?.level?.options;
  const isLevel = typeof value === "string" && level?.includes(value.trim().toLowerCase());
  return isLevel && whole !== undefined ? repair(whole, value, at) : value;
}

function repairObject(shape: Shape, entries: Record<string, Shape>, sent: unknown, at: Repair): unknown {
  const value = asObject(entries, sent);
  if (!isObject(value)) return value;
  // Made when something has to be mended: most records need nothing.
  let mended: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key];
    at.path.push(key);
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
    const kept =
      entry === undefined ? leaveOut(Object.keys(entries), key, item, at) : repair(entry, item, at);
    at.path.pop();
    if (kept === item && kept !== undefined) continue;
    mended ??= { ...value };
    if (kept === undefined) delete mended[key];
    else mended[key] = kept;
  }
  const fields = mended ?? value;
  const type = missingType(shape, fields);
  return type === undefined ? fields : { ...fields, type };
}

/** A list of one is what it holds, and a text is the field that it stands for. */
function asObject(entries: Record<string, Shape>, sent: unknown): unknown {
  const value = Array.isArray(sent) && sent.length === 1 ? sent[0] : sent;
  if (typeof value !== "string" && typeof value !== "number") return value;
  const field = TEXT_STANDS_FOR.find((name) => Object.hasOwn(entries, name));
  return field === undefined ? value : { [field]: value };
}

/** A file tells its media type by its name, where the record does not. */
function missingType({ entries }: Shape, { type, url }: Record<string, unknown>): string | undefined {
  if (entries?.type === undefined || unwrapped(entries.type).takes !== "media-type") return undefined;
  const isTold = type !== undefined && !(typeof type === "string" && !type.includes("/"));
  return isTold || typeof url !== "string" ? undefined : mediaTypeOf(url);
}

/** Each value with its place, in the order of the list. A history that is too long keeps its end: readers have to know that. */
function latestOf(values: unknown[], most: number): [place: number, value: unknown][] {
  const date = (value: unknown) => Date.parse(String((value as { at?: unknown } | null)?.at)) || 0;
  const byDate = [...values.entries()].sort(([, a], [, b]) => date(b) - date(a));
  return byDate.slice(0, most).sort(([a], [b]) => a - b);
}

function repairList(list: Shape, item: Shape, sent: unknown, at: Repair): unknown {
  const values = Array.isArray(sent) ? sent : [sent];
  if (values !== sent && holdsSeveral(item, sent)) return sent;
  const kept: unknown[] = [];
  const places: number[] = [];
  const most = mostItems(list);
  const isDated = unwrapped(item).entries?.at !== undefined;
  for (const [place, value] of isDated ? latestOf(values, most) : values.slice(0, most).entries()) {
    if (values === sent) at.path.push(place);
    for (const part of values === sent ? partsOf(item, value) : partsOfOne(item, value)) {
      const mended = repair(item, part, at);
      if (mended === undefined) continue;
      kept.push(mended);
      places.push(place);
    }
    if (values === sent) at.path.pop();
  }
  if (values.length > most || kept.length > most) {
    const detail = `must have at most ${most} items; only the ${isDated ? "latest" : "first"} ones were taken`;
    at.found.noted.push({ pointer: pointer(at.path), detail });
  }
  if (values === sent && kept.length === values.length && kept.every((value, i) => value === values[i]))
    return sent;
  if (kept.length === 0) return undefined;
  const taken = kept.slice(0, most);
  at.found.places.set(taken, places);
  return taken;
}

/** A text in place of a list of names: a comma may part names, or stand in one. */
function holdsSeveral(item: Shape, value: unknown): boolean {
  const entries = objectIn(item)?.entries;
  if (
    unwrapped(item).takes === "person" ||
    unwrapped(item).takes === "keyword" ||
    (entries !== undefined && !Object.hasOwn(entries, "name"))
  )
    return false;
  return typeof value === "string" && /[,;]/.test(value);
}

function partsOf(item: Shape, value: unknown): unknown[] {
  return typeof value === "string" && unwrapped(item).takes === "person" ? namesIn(value) : [value];
}

/** The parts of a text in place of a list: keywords come with commas between them, as in HTML and schema.org. */
function partsOfOne(item: Shape, value: unknown): unknown[] {
  return typeof value === "string" && unwrapped(item).takes === "keyword"
    ? value.split(/[,;]/)
    : partsOf(item, value);
}

/** Notes a field that the wire does not know: as a warning, or as a refusal where it may restrict the story. Answers undefined: the field goes. */
function leaveOut(known: string[], name: string, value: unknown, at: Repair): undefined {
  const { refused, leftOut } = at.found;
  if (!at.withdrawn && restricts(at.path.slice(0, -1), name, value, at.now)) {
    const detail = "is not a field of the record, and may mean that the story must not be published as it is";
    refused.push({ pointer: pointer(at.path), detail });
    return;
  }
  const field = meant(name, known);
  const question = field === undefined ? "" : `; did you mean ${field}?`;
  leftOut.push({ pointer: pointer(at.path), detail: `is not a field of the record${question}` });
}

/** An object in place of a text: what else stands in it goes, or restricts the story. */
function checkWrapper(wrapper: Record<string, unknown>, taken: unknown, at: Repair): void {
  for (const [name, value] of Object.entries(wrapper)) {
    if (value === taken || saysNothing(value)) continue;
    at.path.push(name);
    if (restricts(at.path.slice(0, -1), name, value, at.now)) leaveOut([], name, value, at);
    at.path.pop();
  }
}
