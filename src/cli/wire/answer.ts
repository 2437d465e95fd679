import * as v from "valibot";
import { codeOf, type Problem, ProblemSchema } from "../../contract/problem.ts";
import { FlashwireError } from "../../core/errors.ts";

/** An answer that is not what the wire's contract says: another program answers, or another version of this one. */
export class AnswerError extends Error {
  /** `http-418` for a status that the contract has no word for, `unexpected-answer` for a body that it does not know. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AnswerError";
    this.code = code;
  }
}

/**
 * The body of an answer, checked against its schema of the contract. Answers the body as it came: members that a newer
 * wire adds stay in it. Throws an AnswerError that names the first member which is not as the contract says.
 */
export async function readAnswer<S extends v.GenericSchema>(
  schema: S,
  response: Response,
): Promise<v.InferOutput<S>> {
  const body: unknown = await response.json().catch((cause) => {
    throw unexpected(response.url, "is no JSON", cause);
  });
  return checked(schema, body, response.url);
}

/** A parsed value, checked against the schema; `url` is the address that answered it. */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown, url: string): v.InferOutput<S> {
  const { issues } = v.safeParse(schema, value);
  if (issues === undefined) return value as v.InferOutput<S>;
  const [first] = issues;
  const path = v.getDotPath(first) ?? "the answer";
  const { expected, received } = first;
  const what = received === "undefined" ? "is missing" : `is ${received}, expected is ${expected}`;
  throw unexpected(url, `${path} ${what}`);
}

/**
 * The error that a refusal stands for. Its code is the kind of the problem document; where there is none, or one of a
 * kind that this program does not know, the error is an AnswerError with the status.
 */
export async function failureOf(response: Response): Promise<Error> {
  const problem = await readProblem(response);
  const text = problem?.detail ?? problem?.title;
  const code = problem && codeOf(problem.type);
  if (code !== undefined) return new FlashwireError(code, `${text}`, problem?.errors ?? []);
  const { status, statusText, url } = response;
  const said = text === undefined ? "" : ` ${text}`;
  return new AnswerError(`http-${status}`, `${url} answers ${`${status} ${statusText}`.trim()}.${said}`);
}

/** The problem document of an answer; undefined where there is none. */
export async function readProblem(response: Response): Promise<Problem | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  return v.is(ProblemSchema, body) ? body : undefined;
}

function unexpected(url: string, what: string, cause?: unknown): AnswerError {
  const text = `${url} answers something else than this program expects (${what}). Is it a wire of the same version?`;
  return new AnswerError("unexpected-answer", text, { cause });
}
