// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
export type Json = any;
export type Template = { Resources: Record<string, Json> };

export type CachePolicy = {
  MinTTL: number;
  DefaultTTL: number;
  MaxTTL: number;
  queries: string[];
  encodings: ("br" | "gzip")[];
};

/**
 * The managed policy CachingDisabled:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
const MANAGED_CACHES: Record<string, CachePolicy> = {
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0, queries: [], encodings: [] },
};

const CORS_HEADERS = ["origin", "access-control-request-headers", "access-control-request-method"];

/**
 * Which headers of the viewer reach the origin:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const MANAGED_REQUESTS: Record<string, (name: string) => boolean> = {
  "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": (name) => CORS_HEADERS.includes(name),
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": (name) => name !== "host",
};

export function cachePolicyOf({ Resources }: Template, { CachePolicyId: id }: Json): CachePolicy {
  const managed = MANAGED_CACHES[id];
  if (managed !== undefined) return managed;
  const { ParametersInCacheKeyAndForwardedToOrigin: key, ...ttl } =
    Resources[id.Ref].Properties.CachePolicyConfig;
  const encodings = [
    ...(key.EnableAcceptEncodingBrotli ? (["br"] as const) : []),
    ...(key.EnableAcceptEncodingGzip ? (["gzip"] as const) : []),
  ];
  return { ...ttl, queries: key.QueryStringsConfig.QueryStrings ?? [], encodings };
}

/** What the origin gets of the viewer's headers. Without a policy it gets none of them. */
export function forwarded({ OriginRequestPolicyId: id }: Json, headers: Record<string, string>) {
  if (id === undefined) return {};
  const takes = MANAGED_REQUESTS[id];
  if (takes === undefined) throw new Error(`The model knows no origin request policy ${id}.`);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => takes(name)));
}
