import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readAwsConfig, readHubsQueue } from "../config/environment.ts";
import { createFetch } from "../fetch/fetch.ts";
import type { HubsWire } from "./hubs-handler.ts";
import { ownSite } from "./own-site.ts";
import { createWatch, type Watch } from "./telemetry.ts";

/** The parts of the function `hubs`, made once per process. It has no store: its messages say all. */
export function openHubs(): HubsWire & { watch: Watch } {
  const { publicUrl } = readAwsConfig();
  const queue = readHubsQueue();
  const watch = createWatch("hubs", { isDetailed: false });
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  return {
    site: ownSite(publicUrl),
    fetch: createFetch(),
    now: Date.now,
    log: watch.log,
    watch,
    async send(message, DelaySeconds) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(message), DelaySeconds }),
      );
    },
  };
}
