import type { Answer } from "../contract/answers.ts";
import type { Services } from "../services.ts";
import { MAX_WAITING_ANSWERS_BYTES } from "./limits.ts";

/** Answers to many records, one by one as they come: an array, or NDJSON. None of them is held back for the others. */
export function answerStream(
  services: Pick<Services, "log">,
  answers: AsyncIterable<Answer>,
  type: "application/json" | "application/x-ndjson",
): Response {
  const lines = type === "application/json" ? asArray(answers) : asLines(answers);
  const headers = { "Content-Type": type, "Cache-Control": "no-store" };
  return new Response(streamOf(services, lines), { headers });
}

async function* asLines(answers: AsyncIterable<Answer>): AsyncIterable<string> {
  for await (const item of answers) yield `${JSON.stringify(item)}\n`;
}

async function* asArray(answers: AsyncIterable<Answer>): AsyncIterable<string> {
  let before = "[\n";
  for await (const item of answers) {
    yield `${before}${JSON.stringify(item)}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

/**
 * Bytes of the lines. Work goes on while the client does not read, until so much waits for it: many clients read only
 * when they have sent everything, and both would wait for each other for ever.
 */
function streamOf(services: Pick<Services, "log">, lines: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          // The client is gone, or what it sends is cut off; what was accepted stays.
          services.log("stream.failed", { error: String(error) });
          controller.error(error);
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_ANSWERS_BYTES }),
  );
}
