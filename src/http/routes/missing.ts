import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { isDocumentKey } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import { keyAt } from "../key-at.ts";
import { asPage } from "../missing-page.ts";
import { problemResponse } from "../problem.ts";

/** What the CDN puts before the path that it asks for here, after S3 had nothing there. */
export const MISSING = "/missing";

/** The ends of addresses that programs ask for; people type or click at all others. */
const DATA = /\.(?:json|xml|txt|rsl)$/;

/** No deploy puts a document at such an address, and scanners ask for many. */
const NEVER = { "Cache-Control": "public, max-age=60" };

/**
 * Stands in for S3 where S3 has nothing, as the second origin of the CDN: a page for people, and the problem document for programs. The
 * CDN comes here as well when it cannot reach S3, so a document that is there after all is 503 and not 404
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html). The CDN passes no Accept
 * on, so the address tells people and programs apart.
 */
export function missingRoutes(app: Hono, services: Services): void {
  app.on(["GET", "HEAD"], `${MISSING}/*`, async ({ req }) => {
    const key = keyAt(new URL(req.url).pathname.slice(MISSING.length));
    const mayBe = key !== undefined && isDocumentKey(key);
    if (mayBe && (await services.stores.published.head(key)) !== undefined)
      return problemResponse(
        services,
        new FlashwireError("unavailable", "The document is there, and could not be read just now."),
      );
    const error = new FlashwireError("not-found", "There is nothing at this address.");
    const problem = problemResponse(services, error, { headers: mayBe ? {} : NEVER });
    return DATA.test(key ?? "") ? problem : asPage(services, problem);
  });
}
