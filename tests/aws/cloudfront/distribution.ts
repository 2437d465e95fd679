import { matchesPattern } from "../../../infra/path-pattern.ts";
import { runAtEdge, runOnAnswer } from "../../support/edge-function.ts";
import { acceptedEncodings, type Kept, keyOf, secondsKept, secondsOfError, secondsStale } from "./cache.ts";
import { compressed, isCompressible } from "./compression.ts";
import { withPolicy } from "./headers.ts";
import { type Asked, isKnownTo, NO_BODY, notModified, type Origin, pathOf, type Reply } from "./http.ts";
import { createOrigins } from "./origins.ts";
import { type CachePolicy, cachePolicyOf, forwarded, type Json, type Template } from "./template.ts";

/*
 * Plays one distribution of CloudFront, with one cache, by what the template says. Each rule has AWS's page beside it. Not
 * played: ranges, requests that wait for each other, several caches.
 */

type Options = { template: Template; origins: Record<string, Origin>; now: () => number };

export type Distribution = {
  answer(asked: Asked): Promise<Reply>;
  /** What AWS bills besides requests: calls of functions; and what reached an origin. */
  counts: { functions: number; origin: number };
};

type Visit = { asked: Asked; behavior: Json; policy: CachePolicy };

export function createDistribution({ template, origins, now }: Options): Distribution {
  const { DistributionConfig: config } = template.Resources.Distribution.Properties;
  const cache = new Map<string, Kept>();
  const counts = { functions: 0, origin: 0 };

  /** A behavior has one function for each event at most. */
  const codeAt = ({ FunctionAssociations = [] }: Json, event: string): string | undefined => {
    const found = FunctionAssociations.find(({ EventType }: Json) => EventType === event);
    if (found === undefined) return undefined;
    counts.functions++;
    return template.Resources[found.FunctionARN["Fn::GetAtt"][0]].Properties.FunctionCode;
  };

  const askOrigin = createOrigins(template, origins, counts);

  const fetch = ({ asked, behavior, policy }: Visit, more: Record<string, string> = {}): Promise<Reply> => {
    const encodings = acceptedEncodings(asked, policy).join(",");
    const headers = {
      ...forwarded(behavior, asked.headers),
      ...(encodings === "" ? {} : { "accept-encoding": encodings }),
      ...more,
    };
    return askOrigin(behavior.TargetOriginId, { ...asked, headers });
  };

  /** Takes an answer of the origin into the cache, compressed where the viewer and the behavior allow that. */
  const keep = ({ asked, behavior, policy }: Visit, fetched: Reply): Reply => {
    const [encoding] = behavior.Compress ? acceptedEncodings(asked, policy) : [];
    const reply = encoding !== undefined && isCompressible(fetched) ? compressed(fetched, encoding) : fetched;
    const cacheControl = reply.headers["cache-control"] ?? "";
    const seconds = reply.status >= 400 ? secondsOfError(reply, config) : secondsKept(cacheControl, policy);
    // "If you set the Minimum TTL value to zero, CloudFront won't cache compressed content" (ServingCompressedFiles.html).
    if (seconds > 0 && (reply === fetched || policy.MinTTL > 0)) {
      const expires = now() + seconds * 1_000;
      const staleUntil = expires + secondsStale(cacheControl) * 1_000;
      cache.set(keyOf(asked, policy), { reply, originTag: fetched.headers.etag, expires, staleUntil });
    }
    return reply;
  };

  /** Asks whether what is kept is still right. What the origin confirms stays as it is: it is not compressed afterwards. */
  const revalidate = async (visit: Visit, kept: Kept): Promise<Reply> => {
    const tag = kept.originTag;
    const fetched = await fetch(visit, tag === undefined ? {} : { "if-none-match": tag });
    // Where the origin fails, the old answer goes out (HTTPStatusCodes.html, *The requested object is in the edge cache*).
    if (fetched.status >= 500 && kept.reply.status < 400) return kept.reply;
    if (fetched.status !== 304) return keep(visit, fetched);
    const cacheControl = fetched.headers["cache-control"] ?? kept.reply.headers["cache-control"] ?? "";
    kept.expires = now() + secondsKept(cacheControl, visit.policy) * 1_000;
    kept.staleUntil = kept.expires + secondsStale(cacheControl) * 1_000;
    return kept.reply;
  };

  const lookUp = async (visit: Visit): Promise<Reply> => {
    const kept = cache.get(keyOf(visit.asked, visit.policy));
    if (kept !== undefined && kept.expires > now()) return marked(kept.reply, "Hit");
    if (kept !== undefined && kept.reply.status < 400) {
      const { reply: old, staleUntil } = kept;
      const fresh = await revalidate(visit, kept);
      return marked(staleUntil > now() ? old : fresh, "RefreshHit");
    }
    return marked(keep(visit, await fetch({ ...visit, asked: { ...visit.asked, method: "GET" } })), "Miss");
  };

  const respond = async (visit: Visit): Promise<Reply> => {
    const { asked } = visit;
    if (asked.method !== "GET" && asked.method !== "HEAD") return fetch(visit);
    const whole = await lookUp(visit);
    return whole.status === 200 && isKnownTo(asked, whole) ? notModified(whole) : whole;
  };

  const answer = async (sent: Asked): Promise<Reply> => {
    const asked = { ...sent };
    const behavior =
      config.CacheBehaviors.find(({ PathPattern }: Json) => matchesPattern(PathPattern, pathOf(asked))) ??
      config.DefaultCacheBehavior;
    if (asked.isPlain) return inTheClear(behavior, asked);
    if (!behavior.AllowedMethods.includes(asked.method)) return { status: 403, headers: {}, body: NO_BODY };
    const url = `https://wire.test${asked.path}`;
    const before = codeAt(behavior, "viewer-request");
    if (before !== undefined) {
      const { status, headers = {}, path = "" } = runAtEdge(before, asked.method, url);
      if (status !== undefined) return { status, headers, body: NO_BODY };
      asked.path = `${path}${new URL(url).search}`;
    }
    if (pathOf(asked) === "/") asked.path = `/${config.DefaultRootObject}`;
    const reply = await respond({ asked, behavior, policy: cachePolicyOf(template, behavior) });
    // The function does not run where the origin answered 400 or higher (edge-functions-restrictions.html).
    const after = reply.status < 400 ? codeAt(behavior, "viewer-response") : undefined;
    const headers =
      after === undefined ? reply.headers : runOnAnswer(after, { method: asked.method, url }, reply);
    const ready = withPolicy(template, behavior, asked, { ...reply, headers });
    return asked.method === "HEAD" ? { ...ready, body: NO_BODY } : ready;
  };

  return { answer, counts };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html */
const inTheClear = ({ ViewerProtocolPolicy }: Json, { path }: Asked): Reply =>
  ViewerProtocolPolicy === "redirect-to-https"
    ? { status: 301, headers: { location: `https://wire.test${path}` }, body: NO_BODY }
    : { status: 403, headers: {}, body: NO_BODY };

const marked = (reply: Reply, how: string): Reply => ({
  ...reply,
  headers: { ...reply.headers, "x-cache": `${how} from cloudfront` },
});
