import type { Context, Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import type { Services } from "../services.ts";
import type { ReadArticle, readArticle } from "../validate/article.ts";
import type { TokenCheck } from "./auth.ts";
import type { Documents } from "./documents.ts";
import { problemResponse } from "./problem.ts";

/** Articles that are not published everywhere yet, with what went wrong. */
export type Left = ReadonlyMap<string, unknown>;

export type Deps = {
  services: Services;
  tokens: TokenCheck;
  /** Brings the feeds of these articles up to date, and those of `kills` before all other work. */
  publish: (ids: string[], kills: ReadonlySet<string>) => Promise<Left>;
  /** Reads a record of many; without it `readArticle` does. */
  read?: (...record: Parameters<typeof readArticle>) => Promise<ReadArticle>;
  /** By which a deployed wire knows the requests that came through its CDN. */
  originSecrets?: readonly string[];
  /** The documents that a server answers beside the app; without them the app makes its own. */
  documents?: Documents;
  /** For /healthz: the name of the wire, and a check beside those of the stores, which throws where the wire is not healthy. */
  health?: { wire: string; check(): void };
};

export type Handler = (c: Context) => Response | Promise<Response>;

/** One address and all that can be done there. GET answers HEAD too; any other method gets 405 with Allow. */
export function route(
  app: Hono,
  services: Services,
  path: string,
  methods: Partial<Record<"GET" | "PUT" | "POST" | "DELETE" | "OPTIONS", Handler>>,
): void {
  const names = Object.keys(methods);
  const allow = [...names, ...(methods.GET ? ["HEAD"] : []), ...(methods.OPTIONS ? [] : ["OPTIONS"])].join(
    ", ",
  );
  app.all(path, (c) => {
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    const handler = Object.hasOwn(methods, method) ? methods[method as keyof typeof methods] : undefined;
    if (handler) return handler(c);
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: allow } });
    const error = new FlashwireError(
      "method-not-allowed",
      `${c.req.method} is not possible here; ${allow} are.`,
    );
    return problemResponse(services, error, { headers: { Allow: allow } });
  });
}

export function json(value: unknown, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}
