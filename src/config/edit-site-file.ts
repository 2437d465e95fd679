import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FlashwireError } from "../core/errors.ts";
import { loadSiteFile } from "./site-file.ts";

/**
 * Writes one more source into a site file, as text, so that what its author wrote stays. The changed file is loaded before it
 * takes the place of the old one. Throws `invalid` where the file is written in a way that leaves no place for it, or would
 * not be valid with it.
 */
export async function addSourceTo(path: string, source: object): Promise<void> {
  const text = await readFile(path, "utf8");
  const changed = withSource(text, sourceText(source));
  if (changed === undefined) {
    throw new FlashwireError(
      "invalid",
      `${path} is not written as the wire expects. Add the source to \`sources\` by hand.`,
    );
  }
  const draft = join(dirname(path), `.flashwire-${process.pid}-draft.ts`);
  await writeFile(draft, changed);
  try {
    await loadAndCheck(draft, path);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function loadAndCheck(draft: string, path: string): Promise<void> {
  try {
    (await loadSiteFile(draft)).at("https://feeds.example.org");
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    throw new FlashwireError("invalid", error.message.replaceAll(draft, path), [], { cause: error });
  }
}

/** The source as it stands in a site file. */
export function sourceText(source: object): string {
  const members = Object.entries(source).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${members.join(", ")} }`;
}

/** Into the list of sources that there is, else a list of its own behind the start of the site. */
export function withSource(text: string, source: string): string | undefined {
  const list = /^([ \t]*)sources:\s*\[/m.exec(text);
  if (list !== null) {
    const end = list.index + list[0].length;
    return `${text.slice(0, end)}\n${list[1]}  ${source},${text.slice(end)}`;
  }
  const start = /(?:defineSite\(|export default )\s*\{/.exec(text);
  if (start === null) return undefined;
  const end = start.index + start[0].length;
  return `${text.slice(0, end)}\n  sources: [${source}],${text.slice(end)}`;
}
