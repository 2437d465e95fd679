import type { Access } from "./policies.ts";

/** A request to S3, path style, as far as policies look at it. */
export type S3Request = {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
};

/**
 * What a request asks S3 for. Every one of them has to be allowed
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html). A condition on an ETag needs
 * s3:GetObject, too. Throws for a request that no part of the wire makes.
 */
export function accessesOf({ method, url, headers }: S3Request): Access[] {
  const [path = "", search] = url.split("?");
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  const query = new URLSearchParams(search);
  const arn = `arn:aws:s3:::${bucket}`;
  const object = `${arn}/${decodeURIComponent(key)}`;
  const text = (name: string) => headers[name]?.toString();
  const ifMatch = text("if-match");
  const conditions = { "s3:if-match": ifMatch, "s3:if-none-match": text("if-none-match") };
  const reads = ifMatch === undefined ? [] : [{ action: "s3:GetObject", resource: object, keys: {} }];
  const one = (action: string, resource = object, keys: Access["keys"] = {}) => [{ action, resource, keys }];
  const isPart = query.has("uploads") || query.has("partNumber");
  const puts = () =>
    one("s3:PutObject", object, { ...conditions, "s3:ObjectCreationOperation": String(!isPart) });

  if (key === "") {
    if (method === "GET" && query.get("list-type") === "2") return one("s3:ListBucket", arn);
    if (method === "GET" && query.has("versions")) return one("s3:ListBucketVersions", arn);
  } else if (method === "GET" || method === "HEAD")
    return one(query.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject");
  else if (method === "PUT") return [...puts(), ...reads, ...sources(text("x-amz-copy-source"))];
  else if (method === "POST" && (query.has("uploads") || query.has("uploadId"))) return [...puts(), ...reads];
  else if (method === "DELETE" && query.has("versionId")) return one("s3:DeleteObjectVersion");
  else if (method === "DELETE" && query.has("uploadId")) return one("s3:AbortMultipartUpload");
  else if (method === "DELETE") return [...one("s3:DeleteObject", object, conditions), ...reads];
  throw new Error(`No rule says what ${method} ${url} needs.`);
}

/** Of a copy, the object that is read. */
function sources(source: string | undefined): Access[] {
  if (source === undefined) return [];
  const [path = "", version] = decodeURIComponent(source).replace(/^\//, "").split("?versionId=");
  const action = version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return [{ action, resource: `arn:aws:s3:::${path}`, keys: {} }];
}
