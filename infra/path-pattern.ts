/**
 * Whether CloudFront reads this path pattern as one for the path: `*` stands for any characters and `?` for one
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html, *Path pattern*).
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(path);
}
