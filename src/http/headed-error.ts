import { type ErrorCode, FlashwireError } from "../core/errors.ts";

/** An error that tells more in the headers of its answer, and to the log, than every one of its code does. */
export class HeadedError extends FlashwireError {
  readonly headers: Record<string, string>;
  /** What the log tells, in place of the reason that is the code or besides it. */
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
