import { FlashwireError } from "../src/core/errors.ts";
import type { Site } from "../src/core/site.ts";
import { settingsOf } from "../src/core/site-aws.ts";
import { renamedFeeds } from "./renamed-feeds.ts";
import { stageSettings } from "./stage-settings.ts";

/** CloudFront's own policies, the same in every account. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/**
 * Cache behaviors of a distribution, without a higher quota of your own:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
const MAX_BEHAVIORS = 75;

/**
 * What the template takes from the site file for a stage: the paths of the distribution, what runs there, and the stage's
 * settings. Throws `invalid` where the CDN cannot hold what the site file asks for.
 */
export function fromSite(site: Pick<Site, "hubs" | "aws" | "renamed" | "merged">, stage = "dev") {
  const { hubs } = site;
  const settings = settingsOf(site, stage);
  const cached = Object.entries(settings.cacheSeconds ?? {});
  const old = renamedFeeds(site);
  const behaviors = [
    ...["/articles*", "/healthz", "/openapi.json"].map((path) => apiPath(path, CACHING_DISABLED)),
    // The list of feeds, and pages that stay until the next deployment: the edge keeps them for a minute.
    ...["/feeds", "/about/*", "/schemas/*"].map((path) => apiPath(path, { Ref: "DirectoryCache" })),
    // The first path that fits counts: an old name may be below a path that has a cache of its own.
    ...old.paths.map((path) => ({
      ...documentPath(path, "DocumentsCache"),
      FunctionAssociations: old.associations,
    })),
    ...cached.map(([path], i) => documentPath(path, cacheName(i))),
  ];
  // All other paths have one behavior together.
  if (behaviors.length + 1 > MAX_BEHAVIORS) throw tooManyPaths(behaviors.length + 1);
  return {
    ...stageSettings(settings, stage),
    behaviors,
    /** A resource for each path that the edge keeps shorter than the documents say. */
    caches: {
      Resources: Object.fromEntries(cached.map(([, seconds], i) => [cacheName(i), cachePolicy(i, seconds)])),
    },
    /** What runs at the edge. */
    functions: { Resources: old.resources },
    documentHeaders: hubs.length === 0 ? { Ref: "AWS::NoValue" } : { Items: [linkHeader(hubs)] },
  };
}

function tooManyPaths(count: number): FlashwireError {
  const message = `The site file asks for ${count} paths at the CDN (renamed, merged, aws.cacheSeconds and the wire's own)`;
  return new FlashwireError("invalid", `${message}, which takes ${MAX_BEHAVIORS}.`);
}

const cacheName = (i: number) => `PathCache${i + 1}`;

function apiPath(PathPattern: string, CachePolicyId: string | { Ref: string }) {
  return {
    PathPattern,
    TargetOriginId: "api",
    ViewerProtocolPolicy: "https-only",
    AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
    Compress: true,
    CachePolicyId,
    OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    ResponseHeadersPolicyId: { Ref: "ApiHeaders" },
  };
}

function documentPath(PathPattern: string, cache: string) {
  return {
    PathPattern,
    TargetOriginId: "site",
    ViewerProtocolPolicy: "redirect-to-https",
    AllowedMethods: ["GET", "HEAD", "OPTIONS"],
    CachedMethods: ["GET", "HEAD"],
    Compress: true,
    CachePolicyId: { Ref: cache },
    ResponseHeadersPolicyId: { Ref: "DocumentHeaders" },
  };
}

function cachePolicy(i: number, seconds: number) {
  const none = { CookiesConfig: { CookieBehavior: "none" }, HeadersConfig: { HeaderBehavior: "none" } };
  return {
    Type: "AWS::CloudFront::CachePolicy",
    Properties: {
      CachePolicyConfig: {
        Name: { "Fn::Sub": `\${AWS::StackName}-path-${i + 1}` },
        MinTTL: 0,
        DefaultTTL: seconds,
        MaxTTL: seconds,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingBrotli: seconds > 0,
          EnableAcceptEncodingGzip: seconds > 0,
          ...none,
          QueryStringsConfig: { QueryStringBehavior: "none" },
        },
      },
    },
  };
}

/** WebSub hubs (https://www.w3.org/TR/websub/#discovery). The documents name themselves. */
function linkHeader(hubs: string[]) {
  return { Header: "Link", Value: hubs.map((hub) => `<${hub}>; rel="hub"`).join(", "), Override: false };
}
