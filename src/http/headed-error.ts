import { type ErrorCode, FlashwireError } from "../core/errors.ts";

/** An error that tells more in the headers of its answer than every one of its code does. */
export class HeadedError extends FlashwireError {
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, message: string, headers: Record<string, string>) {
    super(code, message);
    this.headers = headers;
  }
}
