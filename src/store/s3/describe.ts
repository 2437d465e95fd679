import { FlashwireError } from "../../core/errors.ts";
import type { Answered } from "./first-try.ts";

/** What an answer of S3 says of an object. */
export function describe(found: {
  ETag?: string | undefined;
  LastModified?: Date | undefined;
  ContentLength?: number | undefined;
  ContentType?: string | undefined;
  CacheControl?: string | undefined;
}) {
  return {
    etag: present(found.ETag, "ETag"),
    modified: present(found.LastModified, "Last-Modified"),
    size: present(found.ContentLength, "Content-Length"),
    ...(found.ContentType === undefined ? {} : { contentType: found.ContentType }),
    ...(found.CacheControl === undefined ? {} : { cacheControl: found.CacheControl }),
  };
}

/** What the answer to a first try says of an object. */
export function described({ headers }: Answered) {
  const modified = headers["last-modified"];
  return describe({
    ETag: headers.etag,
    LastModified: modified === undefined ? undefined : new Date(modified),
    ContentLength: headers["content-length"] === undefined ? undefined : Number(headers["content-length"]),
    ContentType: headers["content-type"],
    CacheControl: headers["cache-control"],
  });
}

/** What must be in an answer of S3, by its name there. */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new FlashwireError("storage", `S3 answered without ${name}.`);
  return value;
}
