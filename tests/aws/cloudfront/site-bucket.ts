import { matchesPattern } from "../../../infra/path-pattern.ts";
import type { Store } from "../../../src/store/port.ts";
import { type Asked, NO_BODY, type Origin, pathOf, type Reply } from "./http.ts";
import type { Json, Template } from "./template.ts";

/** Plays S3 before the site bucket, for a distribution that reads by the bucket's policy. */
export function siteBucket(template: Template, published: Store): Origin {
  const { Properties: bucket } = template.Resources.SiteBucket;
  return async (asked) => {
    const cors = corsOf(bucket.CorsConfiguration?.CorsRules ?? [], asked);
    if (asked.method === "OPTIONS") return preflight(asked, cors);
    const reply = await read(template, published, asked);
    return { ...reply, headers: { ...reply.headers, ...cors } };
  };
}

/**
 * What S3 says of CORS: nothing where no rule fits the origin, the method and each header.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html, *How Amazon S3 evaluates CORS*
 */
function corsOf(rules: Json[], { method, headers }: Asked): Record<string, string> | undefined {
  const { origin } = headers;
  const wanted = method === "OPTIONS" ? headers["access-control-request-method"] : method;
  const names = listed(headers["access-control-request-headers"]);
  const fits = (allowed: string[] = [], value = "") =>
    allowed.some((pattern) => matchesPattern(pattern.toLowerCase(), value.toLowerCase()));
  const rule = rules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      fits(AllowedOrigins, origin) &&
      AllowedMethods.includes(wanted) &&
      names.every((name) => fits(AllowedHeaders, name)),
  );
  if (origin === undefined || rule === undefined) return undefined;
  return {
    "access-control-allow-origin": rule.AllowedOrigins.includes("*") ? "*" : origin,
    "access-control-allow-methods": rule.AllowedMethods.join(", "),
    ...(names.length === 0 ? {} : { "access-control-allow-headers": names.join(", ") }),
    ...(rule.MaxAge === undefined ? {} : { "access-control-max-age": String(rule.MaxAge) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html: 403 where no rule fits, 400 without Origin. */
function preflight({ headers }: Asked, cors: Record<string, string> | undefined): Reply {
  const isAsked = headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
  if (!isAsked) return failed(400, "BadRequest");
  return cors === undefined ? failed(403, "AccessForbidden") : { status: 200, headers: cors, body: NO_BODY };
}

/** By the bucket's policy: what the distribution may not read is 403, what is not there 404. */
async function read(template: Template, published: Store, asked: Asked): Promise<Reply> {
  const key = decodeURIComponent(pathOf(asked).slice(1));
  const { Statement } = template.Resources.SiteBucketPolicy.Properties.PolicyDocument;
  const readable = Statement.filter(
    ({ Effect, Action }: Json) => Effect === "Allow" && Action === "s3:GetObject",
  )
    .flatMap(({ Resource }: Json) => Resource)
    .map((resource: Json) => resource["Fn::Sub"].split(":s3:::")[1].replace(/^[^/]*\//, ""));
  if (!readable.some((pattern: string) => matchesPattern(pattern, key))) return failed(403, "AccessDenied");
  const found = await published.get(key);
  // Who may not list a bucket is not told what is missing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  const mayList = Statement.some(({ Action }: Json) => Action === "s3:ListBucket");
  if (found === undefined) return mayList ? failed(404, "NoSuchKey") : failed(403, "AccessDenied");
  const headers = {
    etag: found.etag,
    "last-modified": found.modified.toUTCString(),
    ...(found.cacheControl === undefined ? {} : { "cache-control": found.cacheControl }),
  };
  // A 304 of S3 has no media type.
  if (asked.headers["if-none-match"] === found.etag) return { status: 304, headers, body: NO_BODY };
  const type = found.contentType ?? "binary/octet-stream";
  const length = String(found.body.byteLength);
  return {
    status: 200,
    headers: { ...headers, "content-type": type, "content-length": length },
    body: found.body,
  };
}

function failed(status: number, code: string): Reply {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
  const length = String(body.byteLength);
  return { status, headers: { "content-type": "application/xml", "content-length": length }, body };
}

const listed = (header = "") =>
  header
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
