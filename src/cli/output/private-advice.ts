import { FlashwireError } from "../../core/errors.ts";

/** The guard of the fetch knows nothing of options. */
export function withPrivateAdvice(error: unknown): unknown {
  if (!(error instanceof FlashwireError) || !/(loopback|private|shared) address/.test(error.message))
    return error;
  const message = `${error.message} If the website stands in your own network, say so with --private.`;
  return new FlashwireError(error.code, message, [], { cause: error });
}
