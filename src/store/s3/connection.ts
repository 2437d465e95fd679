import type { S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { Budget } from "../budget.ts";
import { S3_REQUESTS_AT_ONCE } from "../limits.ts";
import { explain } from "./failures.ts";

/** Options of every request that the SDK sends for the wire. */
export type RequestOptions = { abortSignal?: AbortSignal };

/** The one way to S3: every request of the wire to this client goes by `ask`. */
export type S3Connection = {
  client: S3Client;
  /**
   * Makes one request about a bucket, its tries and the reading of its answer included. At most S3_REQUESTS_AT_ONCE run;
   * the others wait here, where no time-out of a connection counts, and only the budget ends the wait. Throws
   * `unavailable` for what passes and `storage` for what somebody has to mend, with the endpoint, the bucket and the region.
   */
  ask<T>(bucket: string, request: (client: S3Client, options: RequestOptions) => Promise<T>): Promise<T>;
};

/** All stores on one client share the connection. Without a budget a request takes as long as its tries do. */
export function connect(client: S3Client, budget?: Budget): S3Connection {
  const limit = pLimit(S3_REQUESTS_AT_ONCE);
  const within: Budget["within"] = budget?.within ?? ((request) => request(undefined));
  return {
    client,
    async ask(bucket, request) {
      const attempt = (abortSignal: AbortSignal | undefined) =>
        limit(() => request(client, abortSignal === undefined ? {} : { abortSignal }));
      try {
        return await within(attempt);
      } catch (error) {
        throw await explain(error, client, bucket);
      }
    },
  };
}
