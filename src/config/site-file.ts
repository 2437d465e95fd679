import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import { type Site, SiteSchema } from "../core/site.ts";
import { withTheme } from "./theme.ts";

/** Where the site file is when neither FLASHWIRE_CONFIG nor `--config` names another place. */
const SITE_FILE = "flashwire.config.ts";

/** A site file as a process has read it. */
export type SiteFile = {
  /** Its absolute path. */
  path: string;
  /** The checked site for documents that are read at this origin. Throws `invalid` as `resolveSite` does. */
  at(origin: string): Site;
};

/**
 * Checks what a site file exports and fills in the defaults. `origin` is where the documents are read; `path` names the
 * file in errors. Throws `invalid`; its message has a line for each wrong field: `feeds[2].size: must be at least 1`.
 */
export function resolveSite(config: unknown, origin: string, path = SITE_FILE): Site {
  const { problems, site } = check(config);
  if (site === undefined) throw siteError(path, problems);
  return { ...site, origin };
}

/** The absolute path of the site file: `path` seen from the working directory, without one that of this checkout. */
export function siteFilePath(path?: string): string {
  if (path !== undefined) return resolve(path);
  return fileURLToPath(new URL(`../../${SITE_FILE}`, import.meta.url));
}

/**
 * Loads a site file, for processes at a terminal; on Lambda the bundle holds the file. Throws `invalid` with the path
 * where the file cannot be loaded or exports no site.
 */
export async function loadSiteFile(path?: string): Promise<SiteFile> {
  const file = siteFilePath(path);
  const imported = await importSite(file);
  if (imported === undefined) throw siteError(file, ["it must say: export default defineSite({ … })"]);
  const exported = await withTheme(imported, file);
  return { path: file, at: (origin) => resolveSite(exported, origin, file) };
}

async function importSite(path: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The site file ${path} cannot be loaded: ${reason}${adviceOn(cause)}`;
    throw new FlashwireError("invalid", message, [], { cause });
  }
}

/** Node looks for the package from the site file's own folder upwards, not from the wire's. */
function adviceOn(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" || !/package 'flashwire'/.test(message)) return "";
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  return `\nThe package flashwire is not installed for this file: run \`npm install ${checkout}\` in its folder.`;
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

function siteError(path: string, problems: string[]): FlashwireError {
  const lines = problems.map((problem) => `  ${problem}`).join("\n");
  return new FlashwireError("invalid", `The site file ${path} is not valid.\n${lines}`);
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
