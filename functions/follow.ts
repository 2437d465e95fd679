import type { Context } from "aws-lambda";
import { followSources } from "../src/aws/follow-handler.ts";
import { FOLLOW_RESERVE_MS } from "../src/aws/limits.ts";
import { openAwsParts } from "../src/aws/services.ts";
import { createFetch } from "../src/fetch/fetch.ts";

const wire = openAwsParts("follow");
const { parts, watch } = wire;
const deps = { ...parts, outside: { fetch: createFetch(), sleep: parts.sleep } };

/** Each minute: what is new at the sources of the site file comes in. */
export const handler = (_event: unknown, context: Context) =>
  wire.invocation(context, () =>
    followSources({ deps, watch }, parts.now() + context.getRemainingTimeInMillis() - FOLLOW_RESERVE_MS),
  );
