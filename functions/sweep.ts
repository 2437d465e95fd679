import type { Context } from "aws-lambda";
import { openAws } from "../src/aws/open.ts";
import { runSweep } from "../src/aws/sweeping.ts";

const wire = openAws("sweep");

/** Each minute: what is behind its records is brought up to date. */
export const handler = (_event: unknown, context: Context) =>
  wire.watch.invocation(context.awsRequestId, () => runSweep(wire, context));
