import type { Context, SQSEvent } from "aws-lambda";
import { openHubs } from "../src/aws/hubs.ts";
import { tellHubs } from "../src/aws/hubs-handler.ts";
import { HUBS_RESERVE_MS } from "../src/aws/limits.ts";

const wire = openHubs();

/** Written documents, from S3 by way of a queue: the hubs of the site file are told of them. */
export const handler = (event: SQSEvent, context: Context) =>
  wire.watch.invocation(context.awsRequestId, () =>
    tellHubs(wire, event, () => context.getRemainingTimeInMillis() < HUBS_RESERVE_MS),
  );
