import * as v from "valibot";
import { as, object, url } from "./fields.ts";
import { MAX_URL } from "./limits.ts";

/*
 * What machines may do with stories: what the site file says of all of them, and a record of one. The words that machines
 * understand are in render/signals.ts.
 */

/**
 * What may be allowed, each use by itself: `syndication` shows stories elsewhere, `training` makes AI models of them, `answers`
 * gives them to AI models that answer people, `search` makes an index that leads to them.
 */
export type Use = (typeof USES)[number];

const USES = ["syndication", "training", "answers", "search"] as const;

/** `allow`, `deny`, or the address of the licence under which alone it is allowed. */
export type Permission = string;

/** A use that is missing here is left open. */
export type Usage = Partial<Record<Use, Permission>>;

const WRONG = "must be allow, deny or the absolute address of a licence";

const permission = v.pipe(
  as("exact", v.string(WRONG)),
  v.metadata({ jsonSchema: { description: "`allow`, `deny`, or the address of a licence." } }),
  v.maxLength(MAX_URL, `must be at most ${MAX_URL} characters`),
  v.rawTransform(({ dataset, addIssue, NEVER }): Permission => {
    const word = dataset.value.trim().toLowerCase();
    if (word === "allow" || word === "deny") return word;
    const address = v.safeParse(url, dataset.value);
    if (address.success) return address.output;
    addIssue({ message: WRONG });
    return NEVER;
  }),
);

/** The usage of one record. The site file says what the record leaves open. */
export const recordUsage = object({
  syndication: v.exactOptional(permission),
  training: v.exactOptional(permission),
  answers: v.exactOptional(permission),
  search: v.exactOptional(permission),
});

/** The usage of all stories. It names every use, so that no machine has to guess. */
export const siteUsage = object({
  syndication: permission,
  training: permission,
  answers: permission,
  search: permission,
});

/** Whether a use is allowed under a licence alone. */
export function isLicence(permission: Permission | undefined): permission is Permission {
  return strictness(permission) === 2;
}

/** The usage under all of these: for each use the strictest. */
export function strictest(...usages: (Usage | undefined)[]): Usage {
  const all: Usage = {};
  for (const usage of usages) {
    for (const use of USES) {
      const permission = understood(usage?.[use]);
      if (permission !== undefined) all[use] = stricter(all[use], permission);
    }
  }
  return all;
}

/** No machine knows which of two licences is the stricter, nor whether both can be kept: `deny` is stricter than both. */
function stricter(one: Permission | undefined, other: Permission): Permission {
  const more = strictness(other) - strictness(one);
  if (one === undefined || more > 0) return other;
  return more < 0 || one === other ? one : "deny";
}

/** Somebody may have edited a record in the store by hand: what has no meaning allows nothing. */
function understood(permission: unknown): Permission | undefined {
  if (permission === undefined || permission === "allow") return permission;
  return typeof permission === "string" && URL.canParse(permission) ? permission : "deny";
}

function strictness(permission: Permission | undefined): number {
  if (permission === undefined) return 0;
  return permission === "allow" ? 1 : permission === "deny" ? 3 : 2;
}
