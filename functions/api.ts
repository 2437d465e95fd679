import type { Context } from "aws-lambda";
import { publishInRequest } from "../src/aws/publish-handler.ts";
import { openAws } from "../src/aws/services.ts";
import { lambdaHandler } from "../src/http/adapters/lambda.ts";
import { createApp } from "../src/http/app.ts";
import { storedTokens } from "../src/repository/tokens.ts";

const wire = openAws("ingest");
const { services, originSecrets } = wire;
const tokens = storedTokens(services);
const publish = (ids: string[]) => publishInRequest(wire, ids);
const handle = lambdaHandler(createApp({ services, originSecrets, tokens, publish }));

/** Requests for /articles: records in. */
export const handler = (event: Parameters<typeof handle>[0], context: Context) =>
  wire.invocation(context, () => handle(event, context));
