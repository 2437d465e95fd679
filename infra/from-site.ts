import { FlashwireError } from "../src/core/errors.ts";
import type { Site } from "../src/core/site.ts";
import { settingsOf } from "../src/core/site-aws.ts";
import { PAGE_HEADERS } from "../src/render/page/policy.ts";
import { rightsHeaders } from "../src/render/signals.ts";
import { accessLogs } from "./access-logs.ts";
import { apiPath, documentPath, pathCache } from "./behaviors.ts";
import { hubsFunction, hubsResources, withHubs } from "./hubs.ts";
import { originSecret } from "./origin-secret.ts";
import { DOCUMENT_PATTERNS, PAGE_PATTERN, pagePath, typedByPeople } from "./pages.ts";
import { renamedPatterns } from "./renamed-feeds.ts";
import { followFunction, followResources } from "./sources.ts";
import { stageSettings } from "./stage-settings.ts";
import { AT_REQUEST, AT_RESPONSE, mayBeTyped, viewerFunction } from "./viewer-function.ts";

/** CloudFront's own policy, the same in every account. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/**
 * Cache behaviors of a distribution, without a higher quota of your own:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const MAX_BEHAVIORS = 75;

/**
 * What the template takes from the site file for a stage in a region: the paths of the distribution, what runs there, and the
 * stage's settings. Throws `invalid` where the CDN cannot hold what the site file asks for.
 */
export function fromSite(
  site: Pick<Site, "hubs" | "aws" | "renamed" | "merged"> & Partial<Pick<Site, "sources" | "rights">>,
  stage = "dev",
  region = "us-east-1",
) {
  const settings = settingsOf(site, stage);
  const cached = Object.entries(settings.cacheSeconds ?? {});
  const isTyped = settings.documentTypes !== "stored";
  const typedPath = (path: string, cache: string) => ({
    ...documentPath(path, cache),
    ...(isTyped && mayBeTyped(path) ? { FunctionAssociations: AT_RESPONSE } : {}),
  });
  const behaviors = [
    ...["/articles*", "/healthz", "/openapi.json"].map((path) => apiPath(path, CACHING_DISABLED)),
    // Pages that stay until the next deployment: the edge keeps them for a minute.
    ...["/about/*", "/schemas/*"].map((path) => apiPath(path, { Ref: "DirectoryCache" })),
    // AWS does not say whether a path is matched before or after the root object has taken the place of `/`.
    ...["/", "/index.html"].map((path) => pagePath(path)),
    // The first page of the list of feeds, at the address that people type.
    { ...documentPath("/feeds", "DocumentsCache"), FunctionAssociations: AT_REQUEST },
    // The first path that fits counts: an old name may be below a path that has a cache of its own.
    ...renamedPatterns(site).map((path) => ({
      ...documentPath(path, "DocumentsCache"),
      FunctionAssociations: AT_REQUEST,
    })),
    // A page is as old as it says, unless its own path has seconds: a path that ends in the slash.
    ...cached.flatMap(([path], i) => (path.endsWith("/") ? [pagePath(path, cacheName(i))] : [])),
    pagePath(PAGE_PATTERN),
    ...cached.flatMap(([path], i) => (path.endsWith("/") ? [] : [typedPath(path, cacheName(i))])),
    ...DOCUMENT_PATTERNS.map((path) => typedPath(path, "DocumentsCache")),
    typedByPeople(),
  ];
  // All other paths have one behavior together.
  if (behaviors.length + 1 > MAX_BEHAVIORS) throw tooManyPaths(behaviors.length + 1);
  const own = stageSettings(settings, stage);
  const count = site.sources?.length ?? 0;
  return {
    ...own,
    ...accessLogs(settings, region),
    ...originSecret(settings, stage),
    documentNotifications: withHubs(site.hubs, own.documentNotifications),
    behaviors,
    /** A resource for each path that the edge keeps shorter than the documents say. */
    caches: {
      Resources: Object.fromEntries(cached.map(([, seconds], i) => [cacheName(i), pathCache(i, seconds)])),
    },
    /** What runs at the edge. */
    functions: { Resources: viewerFunction(site) },
    documentHeaders: { Items: documentHeaders(site, settings.domain) },
    pagePolicy: { ContentSecurityPolicy: PAGE_HEADERS["Content-Security-Policy"], Override: true },
    pageReferrers: { ReferrerPolicy: PAGE_HEADERS["Referrer-Policy"], Override: true },
    /** What tells hubs of changes; nothing where there are none. */
    hubs: hubsResources(site.hubs, stage),
    hubsFunction: hubsFunction(site.hubs),
    /** What follows sources; nothing where there are none. */
    sources: followResources(count, stage),
    followFunction: followFunction(count),
  };
}

function tooManyPaths(count: number): FlashwireError {
  const message = `The site file asks for ${count} paths at the CDN (renamed, merged, aws.cacheSeconds and the wire's own)`;
  return new FlashwireError("invalid", `${message}, which takes ${MAX_BEHAVIORS}.`);
}

const cacheName = (i: number) => `PathCache${i + 1}`;

/**
 * Every answer says that it depends on Accept-Encoding and on nothing else. S3 names Origin and two more headers where a
 * browser's request filled the cache; no answer depends on them, because every origin gets the same headers.
 */
const VARY = { Header: "Vary", Value: "Accept-Encoding", Override: true };

/**
 * The headers of every document: Vary, the hubs of WebSub (https://www.w3.org/TR/websub/#discovery; the documents name themselves),
 * and what machines may do. RSL wants the licence's whole address, which a distribution without a domain of its own cannot name in
 * its own policy: there the path stands, which is relative to the document (RFC 8288, 3.1).
 */
function documentHeaders({ hubs, rights }: Pick<Site, "hubs" | "rights">, domain: string | undefined) {
  const said = rightsHeaders({ rights, origin: domain === undefined ? "" : `https://${domain}` });
  const links = said.filter(({ name }) => name === "Link").map(({ text }) => text);
  const all = [...hubs.map((hub) => `<${hub}>; rel="hub"`), ...links].join(", ");
  const own = (Header: string, Value: string) => ({ Header, Value, Override: false });
  return [
    VARY,
    ...(all === "" ? [] : [own("Link", all)]),
    ...said.filter(({ name }) => name !== "Link").map(({ name, text }) => own(name, text)),
  ];
}
