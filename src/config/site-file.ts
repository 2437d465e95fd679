import { pathToFileURL } from "node:url";
import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import { type Site, SiteSchema } from "../core/site.ts";

export { defineSite, type SiteConfig } from "../core/site.ts";

/** The site file of this checkout. */
const SITE_FILE = new URL("../../flashwire.config.ts", import.meta.url);

/**
 * Checks what a site file exports and fills in the defaults. `origin` is where the documents are read.
 * Throws `invalid`; its message has a line for each wrong field: `feeds[2].size: must be at least 1`.
 */
export function resolveSite(config: unknown, origin: string): Site {
  const { problems, site } = check(config);
  if (site === undefined) throw siteError(problems);
  return { ...site, origin };
}

/** What the site file exports, unchecked. For processes at a terminal; on Lambda the bundle holds the file. */
export async function loadSiteFile(path?: string): Promise<unknown> {
  const url = path === undefined ? SITE_FILE : pathToFileURL(path);
  try {
    const file: { default?: unknown } = await import(url.href);
    if (file.default !== undefined) return file.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FlashwireError("invalid", `${url.pathname} cannot be loaded: ${reason}`, [], { cause });
  }
  throw siteError(["it must say: export default defineSite({ … })"]);
}

type Checked = { problems: string[]; site?: v.InferOutput<typeof SiteSchema> };

function check(config: unknown): Checked {
  const unknownFields: string[] = [];
  let rest: unknown;
  try {
    rest = structuredClone(config);
  } catch {
    return { problems: ["the site: must be plain data, without functions"] };
  }
  // The schema stops at the first unknown field of an object; a newsroom wants to know all of them.
  for (;;) {
    const result = v.safeParse(SiteSchema, rest);
    const unknown = (result.issues ?? []).filter(isUnknownField);
    unknownFields.push(...unknown.map(problemLine));
    if (unknown.length > 0) unknown.forEach(removeField);
    else if (result.success && unknownFields.length === 0) return { problems: [], site: result.output };
    else return { problems: [...(result.issues ?? []).map(problemLine), ...unknownFields] };
  }
}

function siteError(problems: string[]): FlashwireError {
  const lines = problems.map((problem) => `  ${problem}`).join("\n");
  return new FlashwireError("invalid", `The site file flashwire.config.ts is not valid.\n${lines}`);
}

type Issue = v.InferIssue<typeof SiteSchema>;

function isUnknownField(issue: Issue): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}

function isMissingField(issue: Issue): boolean {
  return issue.type === "strict_object" && issue.path?.at(-1)?.origin === "key";
}

function removeField(issue: Issue): void {
  const last = issue.path?.at(-1);
  if (last !== undefined) Reflect.deleteProperty(last.input as object, last.key as string);
}

function problemLine(issue: Issue): string {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${key}`));
  return `${path.join("").replace(/^\./, "") || "the site"}: ${detailOf(issue)}`;
}

function detailOf(issue: Issue): string {
  if (isUnknownField(issue)) return "is not a field of the site file";
  if (isMissingField(issue)) return "is required";
  if (issue.type === "strict_object") return "must be an object";
  return issue.message;
}
