import { FORMATS } from "../src/render/formats.ts";
import { documentPath, SITE_OR_PAGE } from "./behaviors.ts";
import { AT_REQUEST } from "./viewer-function.ts";

/* The pages for people at the CDN. */

/** Each page is the folder of its feed, and no document for programs ends in a slash. */
export const PAGE_PATTERN = "/feeds/*/";

/**
 * The cache behavior of pages; `cache` is the logical id of a cache policy. The bucket behind an origin access control has no
 * index documents (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html), so the function
 * names the file.
 */
export function pagePath(pattern: string, cache = "DocumentsCache") {
  return {
    ...documentPath(pattern, cache),
    TargetOriginId: SITE_OR_PAGE,
    ResponseHeadersPolicyId: { Ref: "PageHeaders" },
    FunctionAssociations: AT_REQUEST,
  };
}

/** The documents for programs, which run no function at a request: all other addresses below /feeds/ are typed by people. */
export const DOCUMENT_PATTERNS = [
  ...FORMATS.filter(({ forPeople }) => !forPeople).map(({ file }) => `/feeds/*/${file}`),
  "/feeds/index*.json",
];

/** What people type without the slash, or with the file of the page. */
export const typedByPeople = () => ({
  ...documentPath("/feeds/*", "DocumentsCache"),
  TargetOriginId: SITE_OR_PAGE,
  FunctionAssociations: AT_REQUEST,
});
