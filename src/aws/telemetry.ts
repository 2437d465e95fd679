import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { decorate } from "../store/decorate.ts";
import { CONFLICT, type Store } from "../store/port.ts";
import type { Log } from "../store/stores.ts";

/**
 * What CloudWatch is told. AWS bills each metric of each function for the hours in which it is sent, so the `detailed` ones
 * are sent only where the stage asks for them (`aws.detailedMetrics` in the site file). docs/scale.md has the prices.
 */
export const METRICS = {
  /** Records that the function has stored. */
  Accepted: "always",
  /** From a written record to its documents, of each message. */
  PublishLatency: "always",
  /** What upkeep found behind its records; sent when it found something. */
  Repairs: "always",
  /** What was wrong with what readers get, at each look: 0 when all is well. */
  ReaderFaults: "always",
  /** Sources that somebody has to look at; sent where the site file names some. */
  SourceFaults: "always",
  Ticks: "detailed",
  FeedsFilled: "detailed",
  DocumentsWritten: "detailed",
  DocumentsChecked: "detailed",
  Conflicts: "detailed",
  QueueAge: "detailed",
  /** Requests that were refused, with the dimension `reason`. */
  Refused: "detailed",
} as const;

export type MetricName = keyof typeof METRICS;

/** How operators see a function: structured logs, and metrics written into them (CloudWatch EMF). */
export type Watch = {
  log: Log;
  count(name: MetricName, count?: number): void;
  /** Milliseconds. */
  time(name: MetricName, milliseconds: number): void;
  /** Runs one invocation: its logs carry `requestId`, its metrics go out at the end, also after a failure. */
  invocation<T>(requestId: string, run: () => Promise<T>): Promise<T>;
};

/**
 * `service` is the one dimension of every metric: the name of the function. The template sets the namespace. `isDetailed`:
 * the detailed metrics are sent, too.
 */
export function createWatch(service: string, { isDetailed = false } = {}): Watch {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ serviceName: service });
  const isSent = (name: MetricName) => isDetailed || METRICS[name] === "always";
  const count = (name: MetricName, value = 1) => {
    if (isSent(name)) metrics.addMetric(name, MetricUnit.Count, value);
  };
  return {
    log(event, details = {}) {
      if (event.endsWith(".failed")) logger.error(event, details);
      else logger.info(event, details);
      if (event === "article.accepted") count("Accepted");
      if (event === "request.refused" && isSent("Refused")) refused(metrics, String(details.reason));
    },
    count,
    time: (name, milliseconds) => {
      if (isSent(name)) metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds);
    },
    async invocation(requestId, run) {
      logger.resetKeys();
      logger.appendKeys({ requestId });
      try {
        return await run();
      } finally {
        // Without a metric the library writes a warning, in each idle minute.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    },
  };
}

function refused(metrics: Metrics, reason: string): void {
  const single = metrics.singleMetric();
  single.addDimension("reason", reason);
  single.addMetric("Refused", MetricUnit.Count, 1);
}

/** The store, with its writes and lost races counted. */
export function counted(store: Store, watch: Pick<Watch, "count">, written?: MetricName): Store {
  return decorate(store, () => ({
    async put(key, body, options) {
      const etag = await store.put(key, body, options);
      if (etag === CONFLICT) watch.count("Conflicts");
      else if (written !== undefined) watch.count(written);
      return etag;
    },
  }));
}
