import type { FormatName } from "../core/keys.ts";

/** Half a minute: a flash is everywhere within a minute, and a CDN still takes nearly all requests. */
const cacheControl = "public, max-age=30, stale-while-revalidate=30, stale-if-error=86400";

/** What a document is served with, whoever serves it: our own server, or S3 and its CDN. */
export const DOCUMENT_HEADERS: Record<FormatName, { contentType: string; cacheControl: string }> = {
  rss: { contentType: "application/rss+xml; charset=utf-8", cacheControl },
  atom: { contentType: "application/atom+xml; charset=utf-8", cacheControl },
  json: { contentType: "application/feed+json; charset=utf-8", cacheControl },
};
