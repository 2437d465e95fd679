import { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { createDocuments } from "./documents.ts";
import { HeadedError } from "./headed-error.ts";
import { answerMissing } from "./missing-page.ts";
import { guardOrigin } from "./origin.ts";
import { problemResponse } from "./problem.ts";
import type { Deps } from "./route.ts";
import { articleRoutes } from "./routes/articles.ts";
import { directoryRoutes } from "./routes/directory.ts";
import { feedRoutes } from "./routes/documents.ts";
import { homeRoutes } from "./routes/home.ts";
import { LOG_PATHS, logRoutes } from "./routes/log.ts";
import { aboutRoutes } from "./routes/meta.ts";
import { missingRoutes } from "./routes/missing.ts";
import { SITE_PATHS, siteRoutes } from "./routes/site-documents.ts";

export type { Deps } from "./route.ts";

/** The wire over HTTP: every request in, its response out. The adapters connect it to a server. */
export function createApp(deps: Deps): Hono {
  const { services, originSecrets = [], documents = createDocuments(services) } = deps;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("X-Content-Type-Options", "nosniff");
  });
  if (originSecrets.length > 0) guardOrigin(app, services, originSecrets);
  aboutRoutes(app, deps);
  articleRoutes(app, deps);
  for (const path of ["/", "/feeds/*", ...LOG_PATHS, ...SITE_PATHS]) {
    app.use(path, async (c, next) => {
      await next();
      // Any page may read a feed, and see why it cannot.
      c.res.headers.set("Access-Control-Allow-Origin", "*");
    });
  }
  homeRoutes(app, services, documents);
  directoryRoutes(app, services, documents);
  feedRoutes(app, services, documents);
  logRoutes(app, services, documents);
  siteRoutes(app, services, documents);
  missingRoutes(app, services);
  const answerError = (error: unknown, request: Request) =>
    answerMissing(services, request, error) ??
    problemResponse(services, error, { headers: error instanceof HeadedError ? error.headers : {} });
  app.notFound((c) =>
    answerError(new FlashwireError("not-found", "There is nothing at this address."), c.req.raw),
  );
  app.onError((error, c) => answerError(error, c.req.raw));
  return app;
}
