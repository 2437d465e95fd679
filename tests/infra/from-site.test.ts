import { expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";

test("each path of the site file gets a cache of its own, which keeps no longer than it says", () => {
  const { behaviors, caches } = fromSite({
    hubs: [],
    aws: { cacheSeconds: { "/feeds/breaking/*": 5, "/feeds/section/*": 0 } },
  });
  const documents = behaviors.filter(
    (behavior) => behavior.TargetOriginId === "site" && !("FunctionAssociations" in behavior),
  );
  expect(documents.map(({ PathPattern, CachePolicyId }) => [PathPattern, CachePolicyId])).toEqual([
    ["/feeds/breaking/*", { Ref: "PathCache1" }],
    ["/feeds/section/*", { Ref: "PathCache2" }],
  ]);
  const ttls = Object.values(caches.Resources).map(({ Properties: { CachePolicyConfig: policy } }) => [
    policy.MinTTL,
    policy.DefaultTTL,
    policy.MaxTTL,
    policy.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip,
  ]);
  // CloudFront takes no compression where it keeps nothing.
  expect(ttls).toEqual([
    [0, 5, 5, true],
    [0, 0, 0, false],
  ]);
});

test("what is no document goes to the API, and only pages for everybody are kept", () => {
  const api = fromSite({ hubs: [] }).behaviors.filter((behavior) => !("FunctionAssociations" in behavior));
  expect(api.map(({ PathPattern, TargetOriginId }) => [PathPattern, TargetOriginId])).toEqual([
    ["/articles*", "api"],
    ["/healthz", "api"],
    ["/openapi.json", "api"],
    ["/feeds", "api"],
    ["/about/*", "api"],
    ["/schemas/*", "api"],
  ]);
  const kept = api.filter(({ CachePolicyId }) => typeof CachePolicyId !== "string");
  expect(kept.map(({ PathPattern }) => PathPattern)).toEqual(["/feeds", "/about/*", "/schemas/*"]);
});

test("hubs are named in the header Link; without hubs there is none", () => {
  expect(fromSite({ hubs: ["https://a.example/", "https://b.example/"] }).documentHeaders).toEqual({
    Items: [
      {
        Header: "Link",
        Value: '<https://a.example/>; rel="hub", <https://b.example/>; rel="hub"',
        Override: false,
      },
    ],
  });
  expect(fromSite({ hubs: [] }).documentHeaders).toEqual({ Ref: "AWS::NoValue" });
});
