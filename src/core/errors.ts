/**
 * Every way in which a request can fail, in the order of the statuses: its code, its status in HTTP and its title. The
 * code ends the `type` of the problem document (RFC 9457 §3.1.1) that answers such a request.
 */
export const PROBLEMS = {
  malformed: { status: 400, title: "Malformed request" },
  unauthorized: { status: 401, title: "No valid token" },
  forbidden: { status: 403, title: "The token may not do this" },
  "not-through-cdn": { status: 403, title: "Not the wire's address" },
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
  internal: { status: 500, title: "Internal error" },
  unreadable: { status: 500, title: "What is stored cannot be read" },
  storage: { status: 503, title: "The storage refuses" },
  busy: { status: 503, title: "Busy" },
  unavailable: { status: 503, title: "Unavailable" },
} as const;

export type ErrorCode = keyof typeof PROBLEMS;

/** One wrong field: a JSON pointer as URI fragment (RFC 9457 §3, RFC 6901 §6) and what is wrong with it. */
export type FieldProblem = { pointer: string; detail: string };

export class FlashwireError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldProblem[];
  /** The message for clients, where `message` is for the operator. */
  readonly told?: string;

  constructor(
    code: ErrorCode,
    message: string,
    errors: FieldProblem[] = [],
    { told, ...options }: ErrorOptions & { told?: string } = {},
  ) {
    super(message, options);
    this.name = "FlashwireError";
    this.code = code;
    this.errors = errors;
    if (told !== undefined) this.told = told;
  }
}
