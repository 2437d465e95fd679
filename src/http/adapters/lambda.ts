import type { Hono } from "hono";
import { handle } from "hono/aws-lambda";

/** The routes of the app behind API Gateway (HTTP API, payload 2.0) or a function URL. */
export const lambdaHandler = (app: Hono) => handle(app);
