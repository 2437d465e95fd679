import { describe, expect, test } from "vitest";
import { fromSite } from "../../infra/from-site.ts";
import { matchesPattern } from "../../infra/path-pattern.ts";
import { missingRights } from "./deployer.ts";

test("when the site file names paths, each gets a cache of its own, which keeps no longer than the site file says, and at least a second", () => {
  const { behaviors, caches } = fromSite({
    hubs: [],
    aws: { cacheSeconds: { "/feeds/breaking/*": 5, "/feeds/section/*": 0 } },
  });
  const own = behaviors.filter(({ CachePolicyId }) => JSON.stringify(CachePolicyId).includes("PathCache"));
  expect(own.map(({ PathPattern, CachePolicyId }) => [PathPattern, CachePolicyId])).toEqual([
    ["/feeds/breaking/*", { Ref: "PathCache1" }],
    ["/feeds/section/*", { Ref: "PathCache2" }],
  ]);
  const ttls = Object.values(caches.Resources).map(({ Properties: { CachePolicyConfig: policy } }) => [
    policy.MinTTL,
    policy.DefaultTTL,
    policy.MaxTTL,
    policy.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip,
  ]);
  // With a minimum of 0 CloudFront keeps nothing that is compressed.
  expect(ttls).toEqual([
    [1, 5, 5, true],
    [1, 1, 1, true],
  ]);
});

const eventsOf = (behavior: { FunctionAssociations?: unknown }) =>
  (behavior.FunctionAssociations as { EventType: string }[]).map(({ EventType }) => EventType);

/** Path pattern → event of the function, for the paths that run it. */
const runningIn = (site: Parameters<typeof fromSite>[0]) =>
  Object.fromEntries(
    fromSite(site).behaviors.flatMap((behavior) =>
      "FunctionAssociations" in behavior ? [[behavior.PathPattern, eventsOf(behavior)]] : [],
    ),
  );

test("when an answer passes the edge, the function runs once at most, and only where the stored media type is not the true one", () => {
  const paths = { "/feeds/breaking/*": 5, "/feeds/all/rss.xml": 5, "/feeds/all/feed.json": 5 };
  expect(runningIn({ hubs: [], aws: { cacheSeconds: paths } })).toEqual({
    "/": ["viewer-request"],
    "/index.html": ["viewer-request"],
    "/feeds": ["viewer-request"],
    "/feeds/*i?CC?87*": ["viewer-request"],
    "/feeds/*/": ["viewer-request"],
    "/feeds/breaking/*": ["viewer-response"],
    "/feeds/all/feed.json": ["viewer-response"],
    "/feeds/*/atom.xml": ["viewer-response"],
    "/feeds/*/feed.json": ["viewer-response"],
    "/feeds/*": ["viewer-request"],
  });
});

test("when a browser asks, the function runs; it does not for a poll of RSS or of the list of feeds", () => {
  const aws = { cacheSeconds: { "/feeds/breaking/*": 5, "/feeds/all/": 20 } };
  const { behaviors } = fromSite({ hubs: [], aws });
  const at = (path: string) => {
    const found = behaviors.find(({ PathPattern }) => matchesPattern(PathPattern, path));
    const { PathPattern, ResponseHeadersPolicyId: headers } = found ?? {};
    const events = found && "FunctionAssociations" in found ? eventsOf(found) : [];
    return [PathPattern, ...events, (headers as { Ref?: string } | undefined)?.Ref];
  };
  expect(at("/feeds/all/rss.xml")).toEqual(["/feeds/*/rss.xml", "DocumentHeaders"]);
  expect(at("/feeds/index-2.json")).toEqual(["/feeds/index*.json", "DocumentHeaders"]);
  expect(at("/feeds/section/usa/")).toEqual(["/feeds/*/", "viewer-request", "PageHeaders"]);
  expect(at("/feeds/breaking/")).toEqual(["/feeds/*/", "viewer-request", "PageHeaders"]);
  expect(at("/feeds/all/")).toEqual(["/feeds/all/", "viewer-request", "PageHeaders"]);
  for (const path of ["/feeds/all", "/feeds/section/usa", "/feeds/all/index.html"])
    expect(at(path)).toEqual(["/feeds/*", "viewer-request", "DocumentHeaders"]);
});

test("when a stage serves the stored media types, no answer runs the function", () => {
  const aws = { documentTypes: "stored" as const, cacheSeconds: { "/feeds/breaking/*": 5 } };
  expect(Object.values(runningIn({ hubs: [], aws })).flat()).not.toContain("viewer-response");
});

test("when a path is no document, it goes to the API, and only pages for everybody are kept", () => {
  const api = fromSite({ hubs: [] }).behaviors.filter(({ TargetOriginId }) => TargetOriginId === "api");
  expect(api.map(({ PathPattern, TargetOriginId }) => [PathPattern, TargetOriginId])).toEqual([
    ["/articles*", "api"],
    ["/healthz", "api"],
    ["/openapi.json", "api"],
    ["/about/*", "api"],
    ["/schemas/*", "api"],
  ]);
  const kept = api.filter(({ CachePolicyId }) => typeof CachePolicyId !== "string");
  expect(kept.map(({ PathPattern }) => PathPattern)).toEqual(["/about/*", "/schemas/*"]);
});

test("when a site has hubs, the header Link names them; without hubs there is no such header", () => {
  const vary = { Header: "Vary", Value: "Accept-Encoding", Override: true };
  expect(fromSite({ hubs: ["https://a.example/", "https://b.example/"] }).documentHeaders).toEqual({
    Items: [
      vary,
      {
        Header: "Link",
        Value: '<https://a.example/>; rel="hub", <https://b.example/>; rel="hub"',
        Override: false,
      },
    ],
  });
  expect(fromSite({ hubs: [] }).documentHeaders).toEqual({ Items: [vary] });
});

test("when the site file says what machines may do, every document says so; without a domain the licence is named by its path", () => {
  const rights = { syndication: "allow", training: "deny", answers: "deny", search: "allow" };
  const domain = {
    domain: "wire.example.org",
    certificate: "arn:aws:acm:us-east-1:123456789012:certificate/a",
  };
  const headersOf = (aws: object) =>
    fromSite({ hubs: ["https://a.example/"], rights, aws }).documentHeaders.Items.slice(1);
  const headers = (licence: string) => [
    {
      Header: "Link",
      Value: `<https://a.example/>; rel="hub", <${licence}>; rel="license"; type="application/rsl+xml"`,
      Override: false,
    },
    { Header: "tdm-reservation", Value: "1", Override: false },
  ];
  expect(headersOf({})).toEqual(headers("/license.rsl"));
  expect(headersOf(domain)).toEqual(headers("https://wire.example.org/license.rsl"));
});

describe("when a stage may have access logs", () => {
  const of = (accessLogs: true | "with-addresses" | undefined, region: string) =>
    fromSite({ hubs: [], aws: accessLogs === undefined ? {} : { accessLogs } }, "dev", region);
  const fieldsOf = (site: ReturnType<typeof fromSite>) => {
    const { AccessLogDelivery } = site.accessLogs.Resources as ReturnType<typeof Object>;
    return AccessLogDelivery?.Properties.RecordFields as string[];
  };

  test("they are not made unless the stage asks for them", () => {
    expect(of(undefined, "us-east-1")).toMatchObject({ accessLogs: { Resources: {} }, notices: [] });
  });

  test("they hold the address of a reader only where the stage asks for addresses", () => {
    expect(fieldsOf(of(true, "us-east-1"))).toEqual(
      expect.arrayContaining(["cs-uri-stem", "cs(User-Agent)"]),
    );
    for (const personal of ["c-ip", "x-forwarded-for", "cs(Cookie)", "cs-uri-query", "cs(Referer)"])
      expect(fieldsOf(of(true, "us-east-1"))).not.toContain(personal);
    expect(fieldsOf(of("with-addresses", "us-east-1"))).toContain("c-ip");
  });

  test("a person with the rights of the policy in the documentation can make them", () => {
    const made: Record<string, { Type: string }> = of(true, "us-east-1").accessLogs.Resources;
    const types = Object.values(made).map(({ Type }) => Type);
    expect(types).toHaveLength(3);
    expect(missingRights(types)).toEqual([]);
  });

  test("and AWS cannot make the delivery in the region of the stage, the operator is told what to type", () => {
    const { accessLogs, notices } = of(true, "me-south-1");
    expect(accessLogs.Resources).toEqual({});
    expect(notices.join()).toMatch(/me-south-1.*us-east-1.*docs\/operations\.md, "Access logs"/);
  });
});
