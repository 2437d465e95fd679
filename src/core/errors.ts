/** The few ways in which a request can fail. The table in src/http/problem.ts maps them to HTTP. */
export type ErrorCode =
  | "malformed"
  | "invalid"
  | "unauthorized"
  | "not-found"
  | "method-not-allowed"
  | "withdrawn"
  | "removed"
  | "stale"
  | "same-version"
  | "guid-taken"
  | "precondition-failed"
  | "too-large"
  | "unsupported-media-type"
  | "unreadable"
  | "storage"
  | "busy"
  | "unavailable";

/** One wrong field: a JSON pointer as URI fragment (RFC 9457 §3, RFC 6901 §6) and what is wrong with it. */
export type FieldProblem = { pointer: string; detail: string };

export class FlashwireError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldProblem[];

  constructor(code: ErrorCode, message: string, errors: FieldProblem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "FlashwireError";
    this.code = code;
    this.errors = errors;
  }
}
