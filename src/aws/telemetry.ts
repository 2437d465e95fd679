import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { decorate } from "../store/decorate.ts";
import { CONFLICT, type Store } from "../store/port.ts";
import type { Log } from "../store/stores.ts";

/** How operators see a function: structured logs, and metrics written into them (CloudWatch EMF). */
export type Watch = {
  log: Log;
  count(name: string, count?: number): void;
  /** Milliseconds. */
  time(name: string, milliseconds: number): void;
  /** Runs one invocation: its logs carry `requestId`, its metrics go out at the end, whatever the end is. */
  invocation<T>(requestId: string, run: () => Promise<T>): Promise<T>;
};

/** `service` is the one dimension of every metric: the name of the function. The template sets the namespace. */
export function createWatch(service: string): Watch {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ serviceName: service });
  const count = (name: string, value = 1) => metrics.addMetric(name, MetricUnit.Count, value);
  return {
    log(event, details = {}) {
      if (event.endsWith(".failed")) logger.error(event, details);
      else logger.info(event, details);
      if (event === "article.accepted") count("Accepted");
      if (event === "request.refused") refused(metrics, String(details.reason));
    },
    count,
    time: (name, milliseconds) => metrics.addMetric(name, MetricUnit.Milliseconds, milliseconds),
    async invocation(requestId, run) {
      logger.resetKeys();
      logger.appendKeys({ requestId });
      try {
        return await run();
      } finally {
        metrics.publishStoredMetrics();
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
export function counted(store: Store, watch: Pick<Watch, "count">, written?: string): Store {
  return decorate(store, () => ({
    async put(key, body, options) {
      const etag = await store.put(key, body, options);
      if (etag === CONFLICT) watch.count("Conflicts");
      else if (written !== undefined) watch.count(written);
      return etag;
    },
  }));
}
