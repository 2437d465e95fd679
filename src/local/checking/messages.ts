import type { ErrorCode, FieldProblem } from "../../core/errors.ts";
import type { ReadArticle, ReadContext } from "../../validate/article.ts";

/** A record as it was sent, with the facts that its answer depends on. */
export type Asked = { input: unknown; context: ReadContext };

/** What goes into the thread: records, under a number by which the answer names them. */
export type Question = { number: number; asked: Asked[] };

/** What comes out of it. Undefined stands for an error that is not of the record: the caller's thread reads that record again. */
export type Reply = { number: number; found: (Found | undefined)[] };

/** A refusal is sent in its parts, because the classes of errors are lost between threads. */
export type Found =
  | { read: ReadArticle }
  | { refused: { code: ErrorCode; message: string; errors: FieldProblem[] } };
