import { parentPort } from "node:worker_threads";
import { FlashwireError } from "../../core/errors.ts";
import { readArticle } from "../../validate/article.ts";
import type { Asked, Found, Question, Reply } from "./messages.ts";

/* What the thread does that reads the records of bulk loads; see checker.ts. */

function find({ input, context }: Asked): Found | undefined {
  try {
    return { read: readArticle(input, context) };
  } catch (error) {
    if (!(error instanceof FlashwireError)) return undefined;
    const { code, message, errors } = error;
    return { refused: { code, message, errors } };
  }
}

parentPort?.on("message", ({ number, asked }: Question) => {
  parentPort?.postMessage({ number, found: asked.map(find) } satisfies Reply);
});
parentPort?.postMessage("ready");
