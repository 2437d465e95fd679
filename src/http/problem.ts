import { type ErrorCode, FlashwireError } from "../core/errors.ts";
import type { Services } from "../services.ts";

/** RFC 9457, as `application/problem+json`. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  [extension: string]: unknown;
};

/** What each error is in HTTP. */
export const PROBLEMS: Record<ErrorCode, { status: number; title: string }> = {
  malformed: { status: 400, title: "Malformed request" },
  unauthorized: { status: 401, title: "No valid token" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  stale: { status: 409, title: "A newer version is stored" },
  "same-version": { status: 409, title: "Other content under the stored version" },
  "guid-taken": { status: 409, title: "The guid of another article" },
  withdrawn: { status: 410, title: "Article withdrawn" },
  removed: { status: 410, title: "Feed removed" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "too-large": { status: 413, title: "Too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  invalid: { status: 422, title: "Invalid record" },
  unreadable: { status: 500, title: "What is stored cannot be read" },
  storage: { status: 503, title: "The storage refuses" },
  busy: { status: 503, title: "Busy" },
  unavailable: { status: 503, title: "Unavailable" },
};

/** What somebody here has to mend; the rest is the client's, or passes. */
const OURS: ErrorCode[] = ["unreadable", "storage"];

/** Headers that an error brings along. Seconds after which a retry makes sense: `busy` is over when others are done. */
const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = {
  unauthorized: { "WWW-Authenticate": 'Bearer realm="flashwire"' },
  busy: { "Retry-After": "1" },
  storage: { "Retry-After": "5" },
  unavailable: { "Retry-After": "5" },
};

export const problemType = (code: string) => `urn:flashwire:problem:${code}`;

/** The problem that an error is. What is not ours becomes a bare 500: the log gets the rest. */
export function problemOf(services: Pick<Services, "log">, error: unknown): Problem {
  if (!(error instanceof FlashwireError)) {
    services.log("request.failed", {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { type: problemType("internal"), title: "Internal error", status: 500 };
  }
  const { code, message: detail, errors } = error;
  if (OURS.includes(code)) services.log("request.failed", { reason: code, error: detail });
  else services.log("request.refused", { reason: code });
  return { type: problemType(code), ...PROBLEMS[code], detail, ...(errors.length === 0 ? {} : { errors }) };
}

/** The answer to a request that failed. `extensions` are further members of the problem. */
export function problemResponse(
  services: Pick<Services, "log">,
  error: unknown,
  {
    extensions = {},
    headers = {},
  }: { extensions?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Response {
  const problem = { ...problemOf(services, error), ...extensions };
  return new Response(`${JSON.stringify(problem)}\n`, {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(error instanceof FlashwireError ? HEADERS[error.code] : {}),
      ...headers,
    },
  });
}
