import type * as v from "valibot";
import { type Answer, AnswerSchema } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { AnswerError, checked, failureOf, readAnswer, readProblem } from "./answer.ts";
import type { Target } from "./target.ts";

export type CallOptions = { body?: string; type?: string };

/** The wire is there, and does not serve the request now. */
export class LaterError extends FlashwireError {
  /** Milliseconds until it makes sense to come again, where the wire says so. */
  readonly pause: number | undefined;

  constructor(message: string, pause?: number) {
    super("unavailable", message);
    this.pause = pause;
  }
}

/**
 * One request to the wire. Answers a response of any status, except for those that say that no request would
 * succeed. Throws `unavailable` when the wire cannot be reached, a LaterError when it asks to come back later, `unauthorized`
 * for a wrong token, and what a 403 says.
 */
export async function call(
  target: Target,
  method: string,
  path: string,
  { body, type = "application/json" }: CallOptions = {},
): Promise<Response> {
  const headers = new Headers({ accept: "application/json, application/problem+json, application/x-ndjson" });
  if (target.token !== undefined) headers.set("authorization", `Bearer ${target.token}`);
  if (body !== undefined) headers.set("content-type", type);
  const init: RequestInit = {
    method,
    headers,
    // A redirect would carry records, and on the same host the token, to where nobody pointed us.
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  };
  const response = await fetch(`${target.url}${path}`, init).catch((cause) => {
    throw unreachable(target, cause);
  });
  if (response.status === 401) throw unauthorized(target);
  // Not the token itself: a wire says 401 of that. The token may not do this, or the address is wrong, and the problem says which.
  if (response.status === 403) throw await failureOf(response);
  if ([429, 502, 503, 504].includes(response.status) || (await isOfGateway(response)))
    throw await laterOf(target, response);
  return response;
}

/** API Gateway answers 500 with words of its own where a function has ended without an answer. */
async function isOfGateway(response: Response): Promise<boolean> {
  return response.status === 500 && (await readProblem(response.clone())) === undefined;
}

async function laterOf(target: Target, response: Response): Promise<LaterError> {
  const problem = await readProblem(response);
  const text = `${target.url} asks to come back later (${response.status}). ${problem?.detail ?? ""}`;
  // RFC 9110 §10.2.3 allows a date, too; the wire says seconds.
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new LaterError(text.trim(), seconds > 0 ? seconds * 1_000 : undefined);
}

/**
 * The answer to one request, as the contract says. Throws what a refusal says, and an AnswerError for an answer that is
 * not of this schema.
 */
export async function ask<S extends v.GenericSchema>(
  target: Target,
  schema: S,
  method: string,
  path: string,
  options?: CallOptions,
): Promise<v.InferOutput<S>> {
  const response = await call(target, method, path, options);
  if (!response.ok) throw await failureOf(response);
  return readAnswer(schema, response);
}

/** Sends lines of NDJSON in one request and answers the results as they come in. */
export async function* sendLines(
  target: Target,
  lines: string[],
  { wait, isDryRun }: { wait: boolean; isDryRun: boolean },
): AsyncGenerator<Answer> {
  const query = isDryRun ? "?dry-run=true" : wait ? "?wait=published" : "";
  const path = `/articles${query}`;
  const body = `${lines.join("\n")}\n`;
  const response = await call(target, "POST", path, { body, type: "application/x-ndjson" });
  if (!response.ok || response.body === null) throw await failureOf(response);
  try {
    for await (const text of linesOf(response.body)) {
      if (text !== "") yield checked(AnswerSchema, JSON.parse(text), response.url);
    }
  } catch (cause) {
    if (cause instanceof AnswerError) throw cause;
    // A line that is no JSON was cut off.
    throw unreachable(target, cause);
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

function unreachable(target: Target, cause: unknown): FlashwireError {
  const hint = target.local ? " Start the local wire with `npm start`, or name another with --url." : "";
  return new FlashwireError("unavailable", `Cannot reach ${target.url} (${reasonOf(cause)}).${hint}`, [], {
    cause,
  });
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}

function unauthorized({ url, token }: Target): FlashwireError {
  const what = token === undefined ? "asks for a token" : "does not accept this token";
  return new FlashwireError("unauthorized", `${url} ${what}. Set FLASHWIRE_TOKEN, or use --token.`);
}
