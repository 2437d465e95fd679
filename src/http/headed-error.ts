import { type ErrorCode, FlashwireError } from "../core/errors.ts";

/** An error with headers for its answer and words for the log, beyond those of its code. */
export class HeadedError extends FlashwireError {
  readonly headers: Record<string, string>;
  /** What the log tells: a `reason` here takes the place of the code. */
  readonly logged: Record<string, unknown>;

  constructor(
    code: ErrorCode,
    message: string,
    headers: Record<string, string>,
    logged: Record<string, unknown> = {},
  ) {
    super(code, message);
    this.headers = headers;
    this.logged = logged;
  }
}
