import { MAX_RECORD_BYTES } from "../../core/limits.ts";
import { MAX_DISCARDED_BYTES } from "../limits.ts";

/**
 * An error goes out at once, and ends only when what still comes in of its request has been read and dropped, up to
 * MAX_DISCARDED_BYTES: a connection that is closed with something unread is reset, and a client that sends everything
 * before it reads would see a broken pipe in place of the answer.
 */
export async function lingering(request: Request, response: Response): Promise<Response> {
  if (response.status < 400 || request.body === null || request.body.locked) return response;
  const { body } = request;
  const answer = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("Content-Length", String(answer.byteLength));
  // A client that has more to send than is worth reading need not send it.
  if (Number(request.headers.get("content-length")) > MAX_RECORD_BYTES) headers.set("Connection", "close");
  async function* slowly() {
    yield answer;
    await drop(body);
  }
  return new Response(ReadableStream.from(slowly()), { status: response.status, headers });
}

async function drop(body: ReadableStream<Uint8Array>): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > MAX_DISCARDED_BYTES) return;
    }
  } catch {
    // The client is gone, and has its answer or does not want it.
  }
}
