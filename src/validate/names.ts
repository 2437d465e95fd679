import { distance } from "fastest-levenshtein";
import { readInstant } from "../core/instant.ts";
import { MAX_NAME } from "../core/limits.ts";

/*
 * Names of fields that a record has and the wire does not know. Most of them may go; one that restricts the story must
 * not, or the wire would publish what the newsroom meant to hold back.
 */

/** Fields that restrict the publication of a record, or that its first version fixes: where one is not understood, the record is refused. */
const NEVER_LEFT_OUT =
  /^(?:embargo|expires|status|rights|guid)(?:\/|$)|^breaking\/until$|^media\/\d+\/syndicate$/;

const RESTRICTING = ["embargo", "expires", "status", "rights", "syndicate"];
const RESTRICTING_WORDS = new Set(
  "embargo embargoed expire expires expired expiry hold withdrawn killed draft private paywall paywalled visibility".split(
    " ",
  ),
);
/** Words of fields that say when a story may be seen: with a date that lies ahead they hold it back, or end it. */
const TIMING_WORDS = new Set("publish publishing release live valid available availability".split(" "));
/** Names that forbid publication, in all spellings of their joints. */
const FORBIDDING = /^(?:do)?not?(?:publish|syndicate|distribute)|^unpublish|^expiration|^sunset/;
const HARMLESS = new Set(["", "false", "0", "no", "public", "publish", "published"]);

/** Numbers above are milliseconds since 1970, those below seconds: until the year 5138. */
const SECONDS_UNTIL = 100_000_000_000;

/** Letters that a slip may change, for a name of this length. */
const slips = (name: string) => (name.length < 8 ? 1 : 2);

/** Whether a part of a record may never be left out. `path` is that of the part. */
export function isNeeded(path: readonly (string | number)[]): boolean {
  return NEVER_LEFT_OUT.test(path.join("/"));
}

/** Whether a field that the wire does not know would restrict the story. `parents` is the path of its object. */
export function restricts(
  parents: readonly (string | number)[],
  name: string,
  value: unknown,
  now: number,
): boolean {
  if (isHarmless(value)) return false;
  if (parents[0] === "rights") return true;
  const short = name.slice(0, MAX_NAME);
  if (short.toLowerCase() === "post_status" || FORBIDDING.test(folded(short))) return true;
  if (wordsOf(short).some((word) => TIMING_WORDS.has(word)) && liesAhead(value, now)) return true;
  const ours = parents[0] === "breaking" ? [...RESTRICTING, "until"] : RESTRICTING;
  return (
    wordsOf(short).some((word) => RESTRICTING_WORDS.has(word)) || ours.some((field) => isNear(short, field))
  );
}

/** The field that the writer of an unknown name may have meant. */
export function meant(name: string, known: readonly string[]): string | undefined {
  return known.find((field) => isNear(name, field));
}

/** Whether two names have the same letters in other order, capitals or punctuation, or differ by a slip of the pen. */
function isNear(name: string, field: string): boolean {
  if (Math.abs(name.length - field.length) > 4) return false;
  const [written, wanted] = [folded(name), folded(field)];
  return distance(written, wanted) <= slips(wanted) || sorted(written) === sorted(wanted);
}

const folded = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
const sorted = (name: string) => [...name].sort().join("");

/** `isEmbargoed`, `post_status` and `POST-STATUS` as words in lower case. */
function wordsOf(name: string): string[] {
  const words = name.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})/gu) ?? [];
  return words.map((word) => word.toLowerCase());
}

/** A date without an offset lies ahead in some zone, up to fourteen hours later. */
function liesAhead(value: unknown, now: number): boolean {
  if (typeof value === "number") return (value > SECONDS_UNTIL ? value : value * 1_000) > now;
  const read = typeof value === "string" ? readInstant(value, "Etc/GMT+12") : { wrong: "" };
  return "instant" in read && Date.parse(read.instant) > now;
}

function isHarmless(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return true;
  if (typeof value === "object") return Object.keys(value).length === 0;
  return typeof value === "string" && HARMLESS.has(value.trim().toLowerCase());
}
