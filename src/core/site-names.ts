import type * as v from "valibot";
import { MAX_RENAMED } from "./limits.ts";
import { nextName, type Renames } from "./renames.ts";
import { slug } from "./text.ts";

type Path = [v.IssuePathItem, ...v.IssuePathItem[]];
type Problem = { path: Path; message: string };
type Family = { family: string; by: string; title: string; description?: string };
type Named = Renames & { feeds: { name: string }[]; families: Family[] };

/** What is wrong with the names in a site file whose fields are right each by itself. */
export function namingProblems(site: Named): Problem[] {
  return [...clashes(site), ...wrongRenames(site), ...namelessLanguages(site)];
}

/** Only the values of a family by language have a language to name. */
function namelessLanguages({ families }: Named): Problem[] {
  const message = "may hold {language} only in a family by language";
  return families.flatMap(({ by, ...names }, i) =>
    (["title", "description"] as const)
      .filter((key) => by !== "language" && names[key]?.includes("{language}"))
      .map((key) => ({ path: pathTo("families", i, key), message })),
  );
}

/** Feeds and families share one name space: `section` and `section/usa` are both below feeds/. */
function clashes(site: Named): Problem[] {
  const named = namesIn(site);
  return named.flatMap(({ list, i, key, name }, position) => {
    const first = named.findIndex((other) => other.name === name);
    if (first === position) return [];
    const holder = `${named[first]?.list}[${named[first]?.i}]`;
    return [{ path: pathTo(list, i, key), message: `"${name}" is already the name of ${holder}` }];
  });
}

function namesIn({ feeds, families }: Named) {
  return [
    ...feeds.map(({ name }, i) => ({ list: "feeds", i, key: "name", name })),
    ...families.map(({ family }, i) => ({ list: "families", i, key: "family", name: family })),
  ];
}

function wrongRenames(site: Named): Problem[] {
  const { renamed = {}, merged = {} } = site;
  const count = Object.keys(renamed).length + Object.keys(merged).length;
  if (count > MAX_RENAMED) {
    const list = Object.keys(merged).length > 0 ? "merged" : "renamed";
    const message = `must leave it at ${MAX_RENAMED} old names, renamed and merged together; there are ${count}`;
    return [{ path: pathTo(list), message }];
  }
  const problems = (list: "renamed" | "merged", names: Record<string, string>) =>
    Object.entries(names).flatMap(([from, to]) => {
      const message = wrongSource(site, from) ?? wrongTarget(site, from) ?? clashOf(site, list, from, to);
      return message === undefined ? [] : [{ path: pathTo(list, from), message }];
    });
  return [...problems("renamed", renamed), ...problems("merged", merged)];
}

/** Readers of the old name must be readers of nothing else. */
function wrongSource(site: Named, from: string): string | undefined {
  if (!isFeedName(from)) return "must be the name that a feed had, such as section/usa";
  const holder = namesIn(site).find(({ name }) => name === from);
  return holder && `is the name of ${holder.list}[${holder.i}] today`;
}

/** Each name leads to a feed of today, by way of other old names where it was renamed more than once. */
function wrongTarget(site: Named, from: string): string | undefined {
  const seen = new Set([from]);
  let name = from;
  for (let next = nextName(site, name); next !== undefined; next = nextName(site, name)) {
    if (seen.has(next)) return `leads back to "${next}"`;
    seen.add(next);
    name = next;
  }
  return isFeedOf(site, name) ? undefined : `leads to "${name}", which is no feed of this site file`;
}

function clashOf({ renamed = {} }: Named, list: string, from: string, to: string): string | undefined {
  if (list === "merged") return Object.hasOwn(renamed, from) ? "stands under renamed too" : undefined;
  const [first] = Object.entries(renamed).find(([, other]) => other === to) ?? [];
  if (first === from) return undefined;
  return `"${to}" has the identifier of "${first}", and can have one only: name "${from}" under merged`;
}

/** Whether the site file defines this feed, or a family that it belongs to. */
function isFeedOf({ feeds, families }: Named, name: string): boolean {
  const [first = "", ...rest] = name.split("/");
  if (rest.length === 0) return feeds.some((feed) => feed.name === name);
  return isFeedName(name) && families.some(({ family }) => family === first);
}

function isFeedName(name: string): boolean {
  const parts = name.split("/");
  return parts.length <= 2 && parts.every((part) => part !== "" && slug(part) === part);
}

function pathTo(...keys: (string | number)[]): Path {
  const items = keys.map((key) => ({
    type: "unknown" as const,
    origin: "value" as const,
    key,
    input: undefined,
    value: undefined,
  }));
  return items as [v.IssuePathItem, ...v.IssuePathItem[]];
}
