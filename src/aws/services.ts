import type { Context } from "aws-lambda";
import { readAwsConfig } from "../config/environment.ts";
import { createParts, createServices, type Parts, type Services } from "../services.ts";
import { createBudget } from "../store/budget.ts";
import { s3Client } from "../store/s3/client.ts";
import { connect, type S3Connection } from "../store/s3/connection.ts";
import { s3Store } from "../store/s3/store.ts";
import { ANSWER_RESERVE_MS } from "./limits.ts";
import { ownSite } from "./own-site.ts";
import { counted, createWatch, type Watch } from "./telemetry.ts";

/** A function's part of the wire: made once per process, outside the handler. */
export type AwsParts = {
  parts: Parts;
  watch: Watch;
  newsroom: { s3: S3Connection; bucket: string };
  /** The word by which the API knows requests that came through the CDN; `ingest` alone has it. */
  originSecrets: string[];
  /**
   * Runs one invocation. Its stores answer, or fail as `unavailable`, while the function has time left to say so: no
   * request is cut off by the end of the function without an answer.
   */
  invocation<T>(context: Invocation, run: () => Promise<T>): Promise<T>;
};

type Invocation = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/** The parts of a function, with a publisher. */
export type AwsWire = Omit<AwsParts, "parts"> & { services: Services };

/** The parts on the two buckets that the template names. `service` is the function's name in logs and metrics. */
export function openAwsParts(service: string): AwsParts {
  const { newsroom, site, publicUrl, hasDetailedMetrics, originSecrets } = readAwsConfig();
  const watch = createWatch(service, { isDetailed: hasDetailedMetrics });
  const budget = createBudget();
  const s3 = connect(s3Client(), budget);
  const parts = createParts({
    site: ownSite(publicUrl),
    stores: {
      newsroom: counted(s3Store(s3, newsroom), watch),
      published: counted(s3Store(s3, site), watch, "DocumentsWritten"),
    },
    log: watch.log,
  });
  const invocation: AwsParts["invocation"] = (context, run) => {
    const time = context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS;
    return watch.invocation(context.awsRequestId, () => budget.spend(time, run));
  };
  return { parts, watch, newsroom: { s3, bucket: newsroom }, originSecrets, invocation };
}

export function openAws(service: string): AwsWire {
  const { parts, ...rest } = openAwsParts(service);
  return { ...rest, services: createServices(parts) };
}
