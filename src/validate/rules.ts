import type { Checked } from "../core/article.ts";
import { compareInstants } from "../core/instant.ts";
import { DAY_MS, MAX_AHEAD_MS, MAX_CLOCK_AHEAD_MS } from "../core/limits.ts";
import { type Findings, sentPointer } from "./findings.ts";
import { isNeeded } from "./names.ts";
import { pointer } from "./problems.ts";

type Fields = Partial<Checked>;
type Name = keyof Checked;
/** A rule over several fields; it is asked only when each of them is right by itself. `names`: the last is wrong. */
type Rule = { names: Name[]; check: (fields: Fields, now: number) => string | undefined };

const COMMON: Rule[] = [
  { names: ["published"], check: ({ published }, now) => notFar(published, now) },
  { names: ["updated"], check: ({ updated }, now) => notFar(updated, now) },
];

const LIVE: Rule[] = [
  {
    names: ["change", "label"],
    check: ({ change, label }) =>
      change && label && JSON.stringify(change) !== JSON.stringify(label)
        ? "is another name for change and must say the same"
        : undefined,
  },
  { names: ["embargo"], check: ({ embargo }, now) => notFar(embargo, now) },
];

type Context = {
  wrong: Set<unknown>;
  /** What the fields were read from. */
  sent: unknown;
  withdrawn: boolean;
  /** Milliseconds. */
  now: number;
};

/** The fields without those that break a rule; a field that the record cannot lack is refused. */
export function keepRules(draft: Fields, { wrong, sent, withdrawn, now }: Context, found: Findings): Fields {
  const fields = { ...draft };
  for (const { names, check } of withdrawn ? COMMON : [...COMMON, ...LIVE]) {
    const detail = names.some((name) => wrong.has(name)) ? undefined : check(fields, now);
    if (detail === undefined) continue;
    const name = names.at(-1) as Name;
    const isRequired = name === "published" || isNeeded([name]);
    (isRequired ? found.refused : found.leftOut).push({ pointer: pointer([name]), detail });
    if (!isRequired) delete fields[name];
  }
  if (fields.corrections !== undefined && !withdrawn && !wrong.has("corrections"))
    fields.corrections = fields.corrections.filter(({ at }, i) => {
      const detail = notFar(at, now);
      const pointer = sentPointer(sent, ["corrections", i, "at"], found);
      if (detail !== undefined) found.leftOut.push({ pointer, detail });
      return detail === undefined;
    });
  const right: Fields = Object.fromEntries(Object.entries(fields).filter(([name]) => !wrong.has(name)));
  noteOrder(right, found);
  noteAhead(right, now, found);
  noteNever(right, found);
  return fields;
}

/** A date that is ahead by more than clocks differ is a slip, unless the publication lies ahead as well. */
function noteAhead({ published, updated }: Fields, now: number, { noted }: Findings): void {
  if (published === undefined || updated === undefined || compareInstants(updated, published) <= 0) return;
  if (Date.parse(updated) <= now + MAX_CLOCK_AHEAD_MS) return;
  const detail = "lies ahead, so it orders the versions as if it were now, and documents show now";
  noted.push({ pointer: pointer(["updated"]), detail });
}

/** A story whose embargo ends after its rights is never seen. */
function noteNever({ embargo, published, expires }: Fields, { noted }: Findings): void {
  const start = embargo ?? published;
  if (start === undefined || expires === undefined || compareInstants(start, expires) < 0) return;
  noted.push({
    pointer: pointer(["expires"]),
    detail: "is not after the story may be seen, so no feed ever shows it",
  });
}

/** Systems that schedule stories date the last edit before the publication. */
function noteOrder({ published, updated }: Fields, { noted }: Findings): void {
  if (published === undefined || updated === undefined || compareInstants(updated, published) >= 0) return;
  const detail = "is before published: it orders the versions, and documents show published in its place";
  noted.push({ pointer: pointer(["updated"]), detail });
}

function notFar(time: string | undefined, now: number): string | undefined {
  if (time === undefined || Date.parse(time) <= now + MAX_AHEAD_MS) return undefined;
  return `must be at most ${MAX_AHEAD_MS / DAY_MS} days ahead`;
}
