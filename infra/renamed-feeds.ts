import { FlashwireError } from "../src/core/errors.ts";
import { documentUrl } from "../src/core/keys.ts";
import { currentName } from "../src/core/renames.ts";
import type { Site } from "../src/core/site.ts";

/** Characters of a path pattern, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_PATTERN = 255;

/** What readers of the version before may ask for: a name in which the dot of İ is an extra mark, UTF-8 CC 87. */
const DOTTED_I = "/feeds/*i?CC?87*";

/** The path of each old feed, and that of the feed which it is now, as they stand in a request. */
export function renamedPaths(site: Pick<Site, "renamed" | "merged">): Record<string, string> {
  const names = Object.keys({ ...site.renamed, ...site.merged });
  return Object.fromEntries(names.map((name) => [pathOf(name), pathOf(currentName(site, name) ?? name)]));
}

/** The path patterns of old feeds alone. */
export function renamedPatterns(site: Pick<Site, "renamed" | "merged">): string[] {
  return [...Object.keys(renamedPaths(site)).map(patternOf), DOTTED_I];
}

const pathOf = (name: string) => documentUrl("", name, "");

/** A pattern may not hold %: ? stands for it. No other feed has such a path, because names are lower case. */
function patternOf(path: string): string {
  const pattern = `${path.replaceAll("%", "?")}*`;
  if (pattern.length > MAX_PATTERN) {
    throw renamesTooLarge(
      `a path at the CDN has ${MAX_PATTERN} characters at most, and this one has more: ${path}`,
    );
  }
  return pattern;
}

/** The error for a site file that renames more than the CDN can hold. */
export function renamesTooLarge(reason: string): FlashwireError {
  return new FlashwireError("invalid", `The site file names too much under renamed and merged: ${reason}.`);
}
