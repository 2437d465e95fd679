import type { Context } from "aws-lambda";
import { runSweep } from "../src/aws/schedule-handler.ts";
import { openAws } from "../src/aws/services.ts";

const wire = openAws("sweep");

/** Each minute: what is behind its records is brought up to date. */
export const handler = (_event: unknown, context: Context) =>
  wire.watch.invocation(context.awsRequestId, () => runSweep(wire, context));
