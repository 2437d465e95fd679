import { problemType } from "../../contract/problem.ts";
import { type ErrorCode, PROBLEMS } from "../../core/errors.ts";
import { SCOPES, type Scope } from "../../core/token.ts";

/** What the addresses of an OpenAPI document are put together from. */

export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const content = (schema: object, types = ["application/json"]) =>
  Object.fromEntries(types.map((type) => [type, { schema }]));
export const ok = (description: string, schema: object, types?: string[]) => ({
  description,
  content: content(schema, types),
});

/** One answer for each status; the problem types that share one are told in its description. */
export function problems(...codes: ErrorCode[]) {
  const byStatus = Object.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some = []]) => {
      const description = some.map((code) => `${PROBLEMS[code].title} (${problemType(code)})`).join("; ");
      return [status, { description, content: content(ref("Problem"), ["application/problem+json"]) }];
    }),
  );
}

export const query = (name: string, schema: object, description: string) => ({
  name,
  in: "query",
  schema,
  description,
});
export const header = (name: string, description: string) => ({
  name,
  in: "header",
  schema: { type: "string" },
  description,
});

export const TOKENS = `A token has some of the scopes ${SCOPES.join(", ")}. Without the scope that a request needs, the answer is 403.`;

/** Each of these scopes is enough for a request (OpenAPI 3.1, Security Requirement Object: names of roles for schemes of any type). */
export const security = (...scopes: Scope[]) => scopes.map((scope) => ({ token: [scope] }));

export const ifMatch = header("If-Match", "The ETag that it must still have");
export const ifModified = header("If-Modified-Since", "The Last-Modified that the client has");
export const ifUnmodified = header("If-Unmodified-Since", "The Last-Modified that it must still have");
export const ifNoneMatch = header("If-None-Match", "ETags that the client has; for PUT, * to create only");
