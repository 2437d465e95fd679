import { FlashwireError } from "../../core/errors.ts";
import type { Fetched } from "../../fetch/fetch.ts";
import { ask, SourceRefusal } from "../ask.ts";
import { isObject } from "../json.ts";
import type { Outside, Source } from "../kind.ts";
import { MAX_LISTS, MAX_SEEN_AGAIN, POSTS_A_PAGE } from "../limits.ts";
import { instantOf, numberOf } from "./rest-post.ts";

/** A page of the list of posts, as WordPress sent it. */
export type Page = {
  posts: unknown[];
  /** How many posts the list has in all. */
  total?: number;
  /** From which a later run goes on: everything before has been read. */
  mark?: string;
  /** Whether the list shows posts from before the time that was asked for. */
  isUnfiltered?: true;
};

/** The time of the last change that was read, and which page of the list from there on comes next. */
type Cursor = { after?: string; page: number };

/** A cursor as a text: the time, and the page where it is not the first one. */
const markOf = ({ after, page }: Cursor) => (page === 1 ? after : `${after ?? ""}#${page}`);

function cursorOf(mark: string): Cursor {
  const [time = "", page] = mark.split("#");
  const after = instantOf(time);
  return { page: Math.max(1, Number(page) || 1), ...(after === undefined ? {} : { after }) };
}

/**
 * All posts of a site in the order of their last change. Each page is asked for by the time of the last change on the page
 * before, so that no post is passed over when others are changed or removed meanwhile: a changed one comes again at the end.
 * More posts of one second than a page has, and an old WordPress (before 5.7), which knows no `modified_after`: there the
 * pages are counted. A list that shows the same posts again and again ends.
 */
export async function* postPages(source: Source, outside: Outside, from?: string): AsyncGenerator<Page> {
  const seen = new Set<number>();
  let cursor: Cursor = from === undefined ? { page: 1 } : cursorOf(from);
  let perPage = POSTS_A_PAGE;
  let stale = 0;
  for (let asked = 0; asked < MAX_LISTS && stale < MAX_SEEN_AGAIN; asked++) {
    const answer = await listOf(source, outside, cursor, perPage);
    if ("tooMuch" in answer) {
      if (perPage === 1) throw answer.tooMuch;
      const shorter = Math.max(1, Math.floor(perPage / 4));
      cursor = { ...cursor, page: Math.floor(((cursor.page - 1) * perPage) / shorter) + 1 };
      perPage = shorter;
      continue;
    }
    const { posts, total, pages } = answer;
    // Posts of this second were removed since: their pages are fewer than they were.
    if (posts.length === 0 && asked === 0 && cursor.page > 1) {
      cursor = { ...cursor, page: 1 };
      continue;
    }
    const fresh = posts.filter((post) => isFresh(post, seen));
    stale = fresh.length > 0 ? 0 : stale + posts.length;
    const last = changeOf(posts.at(-1));
    const { after } = cursor;
    const isOrdered = after === undefined || posts.every((post) => (changeOf(post) ?? "") >= after);
    const next = nextOf(cursor, last, isOrdered);
    const isLast = posts.length === 0 || isEnd({ count: posts.length, total, pages }, cursor.page, perPage);
    // The last page is read again next time: what is new stands there.
    const here = { ...cursor, page: Math.max(1, posts.length === 0 ? cursor.page - 1 : cursor.page) };
    const mark = isOrdered ? markOf(isLast && next.page > 1 ? here : next) : undefined;
    const isFirst = asked === 0 && total !== undefined;
    yield {
      posts: fresh,
      ...(isFirst ? { total } : {}),
      ...(mark === undefined ? {} : { mark }),
      ...(isOrdered ? {} : { isUnfiltered: true }),
    };
    if (isLast) return;
    cursor = next;
  }
}

/** The posts that were published last. */
export function newestPosts(source: Source, outside: Outside, count: number): Promise<unknown[]> {
  return listed(source, outside, { _embed: "1", per_page: String(count) });
}

/** The list of posts for a query. Throws `malformed` for another answer. */
export async function listed(
  source: Source,
  outside: Outside,
  query: Record<string, string>,
): Promise<unknown[]> {
  const address = restAddress(source.url, "/wp/v2/posts", new URLSearchParams(query));
  const answer = await ask(source, outside, address, { accept: "application/json" });
  const posts = await jsonOf(answer);
  if (!Array.isArray(posts)) throw noList(answer.url);
  return posts;
}

/** Some sites give fewer posts than they are asked for, but say how many there are. */
function isEnd(
  { count, total, pages }: { count: number; total: number | undefined; pages: number | undefined },
  page: number,
  perPage: number,
): boolean {
  if (pages !== undefined) return page >= pages;
  return total === undefined ? count < perPage : page === 1 && count >= total;
}

/** The next page begins with the time of the last change: posts of that second come again. Where all are of it, it is the page behind. */
function nextOf(cursor: Cursor, last: string | undefined, isOrdered: boolean): Cursor {
  if (!isOrdered || last === undefined || last === cursor.after) return { ...cursor, page: cursor.page + 1 };
  return { after: last, page: 1 };
}

/** When a post was changed last, RFC 3339 in UTC. */
export const changeOf = (post: unknown) => (isObject(post) ? instantOf(post.modified_gmt) : undefined);

function isFresh(post: unknown, seen: Set<number>): boolean {
  const id = isObject(post) ? numberOf(post.id) : undefined;
  if (id === undefined || seen.has(id)) return id === undefined;
  seen.add(id);
  return true;
}

type Listed = { posts: unknown[]; total?: number; pages?: number } | { tooMuch: FlashwireError };

async function listOf(
  source: Source,
  outside: Outside,
  { after, page }: Cursor,
  perPage: number,
): Promise<Listed> {
  const query = new URLSearchParams({
    _embed: "1",
    orderby: "modified",
    order: "asc",
    per_page: String(perPage),
    page: String(page),
    // The second itself, too: several posts may be of it.
    ...(after === undefined ? {} : { modified_after: secondBefore(after) }),
  });
  try {
    const answer = await ask(source, outside, restAddress(source.url, `/wp/v2/posts`, query), {
      accept: "application/json",
    });
    const [total, pages] = ["x-wp-total", "x-wp-totalpages"].map((name) => countIn(answer.headers.get(name)));
    const posts = await jsonOf(answer);
    if (!Array.isArray(posts)) throw noList(answer.url);
    return { posts, ...(total === undefined ? {} : { total }), ...(pages === undefined ? {} : { pages }) };
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    // A page behind the last one.
    if (error instanceof SourceRefusal && error.word === "rest_post_invalid_page_number")
      return { posts: [] };
    if (isTooMuch(error)) return { tooMuch: error };
    throw error;
  }
}

const countIn = (text: string | null) =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** A site that has not enough time or memory for a page of this length, and an answer beyond what is taken. */
function isTooMuch(error: FlashwireError): boolean {
  return error.code === "too-large" || (error instanceof SourceRefusal && error.status >= 500);
}

const secondBefore = (instant: string) => new Date(Date.parse(instant) - 1_000).toISOString();

/** The address of the REST interface below that of a site. Works without pretty permalinks, too. */
export function restAddress(site: string, route: string, query: URLSearchParams): string {
  const url = new URL(site);
  const isPlain = url.searchParams.has("rest_route");
  const folder = url.pathname.replace(/\/(?:wp-json(?:\/.*)?)?$/, "");
  const address = new URL(isPlain ? `${folder}/` : `${folder}/wp-json${route}`, url.origin);
  if (isPlain) address.searchParams.set("rest_route", route);
  for (const [name, value] of query) address.searchParams.set(name, value);
  return address.href;
}

export async function jsonOf(answer: Fetched): Promise<unknown> {
  const text = new TextDecoder().decode(await answer.bytes());
  try {
    // Some plugins print warnings before the JSON.
    return JSON.parse(text.slice(Math.max(0, text.search(/[[{]/))));
  } catch (cause) {
    throw noList(answer.url, cause);
  }
}

function noList(url: string, cause?: unknown): FlashwireError {
  const message = `${new URL(url).host} answers no list of posts: this is no WordPress, or its REST interface is switched off.`;
  return new FlashwireError("malformed", message, [], { cause });
}
