import type { Context } from "aws-lambda";
import { openAws } from "../src/aws/services.ts";
import { runTick, upkeepOf } from "../src/aws/tick-handler.ts";

const wire = openAws("sweep");
const upkeep = upkeepOf(wire);

/** Each minute: what is due is done, and what is behind its records is brought up to date. */
export const handler = (_event: unknown, context: Context) =>
  wire.invocation(context, () => runTick(wire, upkeep, context));
