import { type Problem, problemType } from "../contract/problem.ts";
import { type ErrorCode, FlashwireError, PROBLEMS } from "../core/errors.ts";
import type { Services } from "../services.ts";
import { HeadedError } from "./headed-error.ts";

/** Errors that the operator has to mend. The client mends the others, or they pass. */
const OURS: ErrorCode[] = ["unreadable", "storage"];

/** Headers that an error brings along. Seconds after which a retry makes sense: `busy` is over when others are done. */
const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = {
  unauthorized: { "WWW-Authenticate": 'Bearer realm="flashwire"' },
  busy: { "Retry-After": "1" },
  storage: { "Retry-After": "5" },
  unavailable: { "Retry-After": "5" },
};

/** The problem that an error is. An error that is not a FlashwireError becomes a bare 500, and the log gets its words. */
export function problemOf(services: Pick<Services, "log">, error: unknown): Problem {
  if (!(error instanceof FlashwireError)) {
    services.log("request.failed", {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { type: problemType("internal"), ...PROBLEMS.internal };
  }
  const { code, message, told, errors } = error;
  const detail = told ?? message;
  const isOurs = OURS.includes(code) || told !== undefined;
  if (isOurs) services.log("request.failed", { reason: code, error: message });
  else services.log("request.refused", { reason: code, ...(error instanceof HeadedError && error.logged) });
  return { type: problemType(code), ...PROBLEMS[code], detail, ...(errors.length === 0 ? {} : { errors }) };
}

/** Further members of a problem. */
type Extensions = Pick<Problem, "tombstone" | "wire">;

/** The answer to a request that failed. `extensions` are further members of the problem. */
export function problemResponse(
  services: Pick<Services, "log">,
  error: unknown,
  { extensions = {}, headers = {} }: { extensions?: Extensions; headers?: Record<string, string> } = {},
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
