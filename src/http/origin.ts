import { createHash, timingSafeEqual } from "node:crypto";
import type { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { MAX_ORIGIN_SECRETS } from "../core/limits.ts";
import type { Services } from "../services.ts";
import { problemResponse } from "./problem.ts";

/**
 * The header that the CDN adds to each request for the API, in the place of what the client sent under this name:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html. The header has one
 * secret, or two with a comma while an operator changes the secret.
 */
export const ORIGIN_HEADER = "flashwire-origin";

/** The variable of the API's stage that switches the check on, and its values. */
export const ORIGIN_SWITCH = { name: "origin", checked: "checked", open: "open" } as const;

/** What the adapter for Lambda hands on of an HTTP API's event. */
type LambdaEnv = { event?: { stageVariables?: Record<string, string> } };

/**
 * Refuses requests that did not come through the CDN: those without any of `secrets` in their header. The check is on where the
 * event says so, and not where only the function has the secrets: while a deploy is under way, the CDN may not have them yet.
 */
export function guardOrigin(app: Hono, services: Services, secrets: readonly string[]): void {
  const known = secrets.map(digest);
  app.use(async (c, next) => {
    const { event } = (c.env ?? {}) as LambdaEnv;
    const isOn = event?.stageVariables?.[ORIGIN_SWITCH.name] === ORIGIN_SWITCH.checked;
    if (isOn && !holdsOneOf(known, c.req.header(ORIGIN_HEADER))) return refusal(services);
    return next();
  });
}

/** Compares each sent secret with each known one, so that the time does not tell which one matches. */
function holdsOneOf(known: Buffer[], header = ""): boolean {
  let found = false;
  for (const sent of header.split(",", MAX_ORIGIN_SECRETS).map(digest))
    for (const secret of known) if (timingSafeEqual(sent, secret)) found = true;
  return found;
}

function refusal(services: Services): Response {
  const message = `This address lies behind the wire's own. Use the wire's address, ${services.site.origin}.`;
  return problemResponse(services, new FlashwireError("not-through-cdn", message));
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
