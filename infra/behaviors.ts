/**
 * CloudFront's own origin request policies, the same in every account:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf";

/** The cache behavior of a path that the HTTP API answers. */
export function apiPath(PathPattern: string, CachePolicyId: string | { Ref: string }) {
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

/** The origin group that asks the API where S3 has nothing, so that people get a page: src/http/routes/missing.ts. */
export const SITE_OR_PAGE = "site-or-page";

/** The cache behavior of a path of documents; `cache` is the logical id of a cache policy. S3 answers preflights. */
export function documentPath(PathPattern: string, cache: string) {
  return {
    PathPattern,
    TargetOriginId: "site",
    ViewerProtocolPolicy: "redirect-to-https",
    AllowedMethods: ["GET", "HEAD", "OPTIONS"],
    CachedMethods: ["GET", "HEAD"],
    Compress: true,
    CachePolicyId: { Ref: cache },
    OriginRequestPolicyId: CORS_S3_ORIGIN,
    ResponseHeadersPolicyId: { Ref: "DocumentHeaders" },
  };
}

/**
 * The cache policy of the i-th path that has seconds of its own: the edge keeps a document for that long at most. A minimum of 0
 * would keep compressed documents out of the cache
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html), so 0 seconds are 1.
 */
export function pathCache(i: number, seconds: number) {
  return {
    Type: "AWS::CloudFront::CachePolicy",
    Properties: {
      CachePolicyConfig: {
        Name: { "Fn::Sub": `\${AWS::StackName}-\${AWS::Region}-path-${i + 1}` },
        MinTTL: 1,
        DefaultTTL: Math.max(1, seconds),
        MaxTTL: Math.max(1, seconds),
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingBrotli: true,
          EnableAcceptEncodingGzip: true,
          CookiesConfig: { CookieBehavior: "none" },
          HeadersConfig: { HeaderBehavior: "none" },
          QueryStringsConfig: { QueryStringBehavior: "none" },
        },
      },
    },
  };
}
