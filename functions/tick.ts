import type { Context } from "aws-lambda";
import { openAws } from "../src/aws/services.ts";
import { lookAsReader, readersOf, runTick, upkeepOf } from "../src/aws/tick-handler.ts";

const wire = openAws("sweep");
const upkeep = upkeepOf(wire);
const readers = readersOf(wire);

/** Each minute: what is due is done, what is behind its records is brought up to date, and readers get what they should. */
export const handler = (_event: unknown, context: Context) =>
  wire.invocation(context, async () => {
    const report = await runTick(wire, upkeep, context);
    // After it: where upkeep fails, the sign of life is missing, and its alarm goes off.
    await lookAsReader(wire, readers);
    return report;
  });
