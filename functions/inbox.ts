import type { Context, SQSEvent } from "aws-lambda";
import { takeInboxFiles } from "../src/aws/inbox-handler.ts";
import { openAwsParts } from "../src/aws/services.ts";

const wire = openAwsParts("drop");

/** Files put into inbox/, from S3 by way of a queue: their records in, a result beside them. */
export const handler = (event: SQSEvent, context: Context) =>
  wire.invocation(context, () => takeInboxFiles(wire, event, context));
