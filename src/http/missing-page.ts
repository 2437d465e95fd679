import Negotiator from "negotiator";
import { FlashwireError } from "../core/errors.ts";
import { missingPage } from "../render/page/missing.ts";
import { PAGE_HEADERS } from "../render/page/policy.ts";
import type { Services } from "../services.ts";
import { HeadedError } from "./headed-error.ts";
import { problemResponse } from "./problem.ts";

const HTML = "text/html";
const PROBLEM = "application/problem+json";

/**
 * The answer to a read of what is not there: a page for clients that ask for HTML first, as browsers do, and the problem document
 * for all others (RFC 9110, section 12.5.1). Undefined where the error is another, or the request no read.
 */
export function answerMissing(
  services: Pick<Services, "log" | "site">,
  request: Request,
  error: unknown,
): Response | undefined {
  const isMissing =
    error instanceof FlashwireError && (error.code === "not-found" || error.code === "removed");
  if (!isMissing || !/^(GET|HEAD)$/.test(request.method)) return undefined;
  const own = error instanceof HeadedError ? error.headers : {};
  const problem = problemResponse(services, error, { headers: { ...own, Vary: "Accept" } });
  if (!prefersHtml(request.headers.get("accept"))) return problem;
  return asPage(services, problem);
}

/** The page for people with the status and headers of this problem. */
export function asPage({ site }: Pick<Services, "site">, problem: Response): Response {
  const headers = new Headers({ ...Object.fromEntries(problem.headers), ...PAGE_HEADERS });
  headers.set("Content-Type", `${HTML}; charset=utf-8`);
  return new Response(missingPage(site), { status: problem.status, headers });
}

function prefersHtml(accept: string | null): boolean {
  if (accept === null) return false;
  return new Negotiator({ headers: { accept } }).mediaType([PROBLEM, HTML]) === HTML;
}
