import type { Context, Hono } from "hono";
import type { Place, Places } from "../../contract/documents.ts";
import { articleId, decodeArticleId, encodeArticleId, sentId } from "../../core/article-id.ts";
import { type FieldProblem, FlashwireError } from "../../core/errors.ts";
import { placements, resolveFeed } from "../../core/feed.ts";
import { isOut, shownBreaking, shownUpdated } from "../../core/record.ts";
import type { Scope } from "../../core/token.ts";
import { sentVersionOf } from "../../core/version.ts";
import { type Outcome, withdraw } from "../../ingest/ingest.ts";
import { addressesOf } from "../../render/outputs.ts";
import { etagOf, readRecord, type TaggedRecord } from "../../repository/records.ts";
import { readArticle, readReason, siteContext } from "../../validate/article.ts";
import { authorize, type Caller, demand, scopeFor } from "../auth.ts";
import { readJson, readOptionalJson } from "../body.ts";
import { isKnown, preconditions } from "../conditions.ts";
import { refuseDryRun, refuseOtherParameters, wantsPublished, wantsStrict } from "../parameters.ts";
import { problemResponse } from "../problem.ts";
import { type Deps, type Handler, json, route } from "../route.ts";
import { accept, acceptedOf, noted, publishOutcomes, statusOf } from "../take-article.ts";
import { postArticles } from "./bulk.ts";

/** For holders of a token alone; a cache must ask each time. */
const PRIVATE = { "Cache-Control": "private, no-cache", Vary: "Authorization" };

export function articleRoutes(app: Hono, deps: Deps): void {
  const { services } = deps;
  // Before anything of the request is read. Of two scopes, the record says which one it needs.
  const withScope =
    (needed: [Scope, ...Scope[]], handle: (c: Context, by: Caller) => Promise<Response>): Handler =>
    async (c) => {
      const holder = await authorize(c.req.raw.headers, deps.tokens);
      const by = { ...holder, asks: { what: `${c.req.method} ${c.req.path}` } };
      demand(by, ...needed);
      return handle(c, by);
    };

  route(app, services, "/articles", {
    POST: withScope(["write", "withdraw"], (c, by) => postArticles(deps, c.req.raw, by)),
  });
  route(app, services, "/articles/:id", {
    GET: withScope(["read"], (c) => getArticle(deps, c)),
    PUT: withScope(["write", "withdraw"], (c, by) => putArticle(deps, c, by)),
    DELETE: withScope(["withdraw"], (c, by) => deleteArticle(deps, c, by)),
  });
  route(app, services, "/articles/:id/feeds", { GET: withScope(["read"], (c) => getFeeds(deps, c)) });
}

async function putArticle(deps: Deps, c: Context, by: Caller): Promise<Response> {
  if (c.req.raw.headers.has("content-range")) {
    throw new FlashwireError("malformed", "Send the whole article, without a Content-Range.");
  }
  refuseDryRun(c.req.url);
  refuseOtherParameters(c.req.url, "wait", "strict", "dry-run");
  const wait = wantsPublished(c.req.url);
  const strict = wantsStrict(c.req.url);
  const sent = await readJson(c.req.raw);
  const { article, warnings } = readArticle(sent, {
    ...siteContext(deps.services.site),
    now: deps.services.now(),
    id: namedId(c, sentId(sent)),
    strict,
  });
  demand(by, scopeFor(article));
  const outcome = await accept(deps, article, by.name, { ...preconditions(c.req.raw.headers), strict });
  return accepted(await publishOne(deps, outcome, wait), warnings);
}

async function deleteArticle(deps: Deps, c: Context, by: Caller): Promise<Response> {
  refuseDryRun(c.req.url);
  refuseOtherParameters(c.req.url, "wait", "dry-run");
  const wait = wantsPublished(c.req.url);
  const said = await readOptionalJson(c.req.raw);
  const words = said === undefined ? {} : readReason(said);
  const id = idOf(c);
  const kill = withdraw(deps.services, id, words, preconditions(c.req.raw.headers));
  const outcome = await kill.catch((error) => {
    throw error instanceof FlashwireError && error.code === "not-found" ? missing(c, id) : error;
  });
  return accepted(await publishOne(deps, noted(deps, outcome, by.name), wait));
}

/** Throws `unavailable` to a client that waits for documents which could not be written. */
async function publishOne(deps: Deps, outcome: Outcome, wait: boolean): Promise<Outcome> {
  const [finished] = await publishOutcomes(deps, [outcome], wait);
  if (finished?.failure !== undefined) throw finished.failure;
  return finished?.outcome ?? outcome;
}

/** The record in normal form: sent back as it is, it changes nothing. */
async function getArticle({ services }: Deps, c: Context): Promise<Response> {
  const record = await find({ services }, c);
  const { article } = record;
  const etag = etagOf(record);
  const headers = { ...PRIVATE, ETag: etag };
  if (article.status === "withdrawn") {
    const error = new FlashwireError("withdrawn", "The newsroom has withdrawn this article.");
    return problemResponse(services, error, { extensions: { tombstone: article }, headers });
  }
  if (isKnown(c.req.raw.headers, etag)) return new Response(null, { status: 304, headers });
  return json(article, headers);
}

/** The feeds that the article belongs to, and those that it has left, with the addresses of their documents. */
async function getFeeds({ services }: Deps, c: Context): Promise<Response> {
  const record = await find({ services }, c);
  const { article, feeds } = record;
  const { site } = services;
  const now = placements(site, record);
  const breaking = isOut(record) ? undefined : shownBreaking(record);
  const due = record.pending?.release;
  const left = feeds.filter((feed) => !now.has(feed) && resolveFeed(site, feed) !== undefined);
  const placeOf = (feed: string): Place => ({
    feed,
    ...addressesOf(site.origin, resolveFeed(site, feed) ?? { name: feed }),
  });
  const places: Places = {
    id: article.id,
    version: sentVersionOf(record),
    updated: shownUpdated(record),
    ...(breaking !== undefined && { breaking: breaking.level }),
    ...(due !== undefined && { due }),
    feeds: [...now.keys()].sort().map(placeOf),
    left: left.map(placeOf),
  };
  return json(places, PRIVATE);
}

async function find({ services }: Pick<Deps, "services">, c: Context): Promise<TaggedRecord> {
  const id = idOf(c);
  const record = await readRecord(services, id);
  if (record === undefined) throw missing(c, id);
  return record;
}

/**
 * The id in the address, which holds the id's form. An id that is nobody's form may stand there as it is, and so may the one that
 * the record has: `__a` is the form of `_a`, and some CMS has it for an id.
 */
function namedId(c: Context, sent?: string): string {
  const text = c.req.param("id") ?? "";
  const isSent = sent !== undefined && sent === articleId(text);
  return isSent ? text : (decodeArticleId(text) ?? text);
}

/** No article has the id in the address. Who means another id, which the address could be without an escape, is told where that is. */
function missing(c: Context, id: string): FlashwireError {
  const text = c.req.param("id") ?? "";
  const other = text.includes("~") ? undefined : articleId(text);
  const hint =
    other === undefined || other === id
      ? ""
      : ` An article with the id ${other} would be at /articles/${encodeArticleId(other)}.`;
  return new FlashwireError("not-found", `There is no article ${id}.${hint}`);
}

/** An invalid id is answered 404 without a look at the store. */
function idOf(c: Context): string {
  const id = articleId(namedId(c));
  if (id === undefined) throw new FlashwireError("not-found", "There is no article with such an id.");
  return id;
}

function accepted(outcome: Outcome, warnings: FieldProblem[] = []): Response {
  const headers = { ETag: outcome.etag, "Cache-Control": "no-store" };
  const isNew = outcome.result === "created";
  const location: Record<string, string> = isNew
    ? { Location: `/articles/${encodeArticleId(outcome.id)}` }
    : {};
  return json(acceptedOf(outcome, warnings), { ...headers, ...location }, statusOf(outcome));
}
