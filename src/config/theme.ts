import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { FlashwireError } from "../core/errors.ts";

type Theme = string | { file?: string; replaces?: boolean };

/** Some editors write it first. Behind the wire's own style it would be a letter of the first selector. */
const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * What a site file exports, with the text of its theme in the place of the file that `look.theme` names, seen from the folder of
 * the site file. What has no theme, or is no site, stays as it is. Throws `invalid` where the file cannot be read.
 */
export async function withTheme(exported: unknown, siteFile: string): Promise<unknown> {
  const { look } = (exported ?? {}) as { look?: { theme?: Theme } };
  const theme = typeof look === "object" ? look?.theme : undefined;
  const { file, ...others } = typeof theme === "string" ? { file: theme } : (theme ?? {});
  if (typeof file !== "string") return exported;
  const path = resolve(dirname(siteFile), file);
  const css = await readFile(path, "utf8").catch((cause: Error) => {
    const message = `The site file ${siteFile} is not valid.\n  look.theme: ${cause.message}`;
    throw new FlashwireError("invalid", message, [], { cause });
  });
  const withoutMark = css.replace(BYTE_ORDER_MARK, "");
  return { ...(exported as object), look: { ...look, theme: { css: withoutMark, ...others } } };
}
