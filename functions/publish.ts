import type { Context, SQSEvent } from "aws-lambda";
import { publishBatch } from "../src/aws/publish-handler.ts";
import { openAws } from "../src/aws/services.ts";

const wire = openAws("publish");

/** Written records, from S3 by way of the queue: into windows and documents. */
export const handler = (event: SQSEvent, context: Context) =>
  wire.invocation(context, () => publishBatch(wire, event));
