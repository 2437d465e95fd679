import { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { HeadedError } from "./headed-error.ts";
import { problemResponse } from "./problem.ts";
import type { Deps } from "./route.ts";
import { articleRoutes } from "./routes/articles.ts";
import { feedRoutes } from "./routes/documents.ts";
import { aboutRoutes } from "./routes/meta.ts";

export type { Deps } from "./route.ts";

/** The wire over HTTP: every request in, its response out. What serves it is a matter of the adapters beside this. */
export function createApp(deps: Deps): Hono {
  const { services } = deps;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("X-Content-Type-Options", "nosniff");
  });
  aboutRoutes(app, deps);
  articleRoutes(app, deps);
  feedRoutes(app, services);
  app.notFound(() =>
    problemResponse(services, new FlashwireError("not-found", "There is nothing at this address.")),
  );
  app.onError((error) =>
    problemResponse(services, error, { headers: error instanceof HeadedError ? error.headers : {} }),
  );
  return app;
}
