import { describe, expect, test } from "vitest";
import { SEND_BYTES } from "../../src/cli/limits.ts";
import { MAX_RECORD_BYTES } from "../../src/core/limits.ts";
import { MAX_DEPLOYED_BODY_BYTES } from "../../src/http/limits.ts";
import { eventOf, MAX_API_PAYLOAD_BYTES, MAX_INVOCATION_BYTES } from "../aws/http-api.ts";

/** What Lambda is invoked with at the boundary: the longest head, in which every character is escaped, and the body. */
function invocationBytes(body: Uint8Array, type: string): number {
  const url = `/articles?${'"'.repeat(5_000)}`;
  const headers = { "content-type": type, authorization: '"'.repeat(5_100) };
  return Buffer.byteLength(JSON.stringify(eventOf({ method: "POST", url, headers }, "ANY /articles", body)));
}

describe("when a wire runs on AWS", () => {
  test("it takes a body of lines up to the limit that its interface names, whatever is in it", () => {
    const body = Buffer.alloc(MAX_DEPLOYED_BODY_BYTES, '"');
    expect(invocationBytes(body, "application/x-ndjson")).toBeLessThanOrEqual(MAX_INVOCATION_BYTES);
    expect(MAX_DEPLOYED_BODY_BYTES).toBeLessThan(MAX_API_PAYLOAD_BYTES);
  });

  test("it does not take a body of 4.5 MiB, because base64 makes 6 MiB of it", () => {
    const body = Buffer.alloc(4.5 * 1_048_576);
    expect(invocationBytes(body, "application/x-ndjson")).toBeGreaterThan(MAX_INVOCATION_BYTES);
  });

  test("it takes the fullest request of the command line", () => {
    const body = Buffer.alloc(SEND_BYTES);
    expect(invocationBytes(body, "application/x-ndjson")).toBeLessThanOrEqual(MAX_INVOCATION_BYTES);
    expect(MAX_RECORD_BYTES).toBeLessThan(SEND_BYTES);
  });

  test("takes the largest record as text, also when each of its characters is escaped", () => {
    const body = Buffer.alloc(MAX_RECORD_BYTES, '"');
    expect(invocationBytes(body, "application/json")).toBeLessThanOrEqual(MAX_INVOCATION_BYTES);
  });
});
