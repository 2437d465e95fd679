import { ask, isSameSite, SourceRefusal } from "../ask.ts";
import { isObject, listIn, objectOf, textIn } from "../json.ts";
import type { Cursor, Known, Outside, Polled, Since, Source, Word } from "../kind.ts";
import { LOOK_EVERY_MS, MAX_POLL_PAGES, POSTS_A_PAGE } from "../limits.ts";
import { itemOfPost, withheldAs } from "./post-item.ts";
import { changeOf, jsonOf, listed, postPages, restAddress } from "./rest.ts";
import { numberOf, restPost } from "./rest-post.ts";

/**
 * What changed since the last poll, and from time to time a look at which of the known posts the list still shows: a post that
 * was removed is in no list of changes.
 */
export async function pollSite(
  source: Source,
  outside: Outside,
  { cursor = {}, known }: Since,
): Promise<Polled> {
  const after = typeof cursor.after === "string" ? cursor.after : await startOf(source, outside);
  const items: Polled["items"] = [];
  let mark = after;
  let pages = 0;
  let hasMore = false;
  for await (const page of postPages(source, outside, after)) {
    // Where the list cannot be asked for a time, what was changed last is read from its end.
    const posts = page.isUnfiltered ? await lastChanged(source, outside) : page.posts;
    mark = page.isUnfiltered ? changeOf(posts[0]) : (page.mark ?? mark);
    for (const value of posts) {
      const post = restPost(value);
      if (post !== undefined) items.push(itemOfPost(post, source));
    }
    if (page.isUnfiltered) break;
    hasMore = ++pages === MAX_POLL_PAGES && mark !== after;
    if (hasMore) break;
  }
  const looked = await look(source, outside, cursor, known);
  return {
    items,
    missing: looked.missing,
    withdrawn: [],
    hasGap: false,
    hasMore,
    cursor: { ...looked.cursor, ...(mark === undefined ? {} : { after: mark }) },
  };
}

/**
 * The first poll begins with the hundred posts that were changed last: what is older, an import brings. Undefined where the site
 * has no more than that.
 */
async function startOf(source: Source, outside: Outside): Promise<string | undefined> {
  const posts = await lastChanged(source, outside, { _fields: "modified_gmt" });
  return posts.length < POSTS_A_PAGE ? undefined : changeOf(posts.at(-1));
}

/** The posts that were changed last, the newest one first. */
function lastChanged(source: Source, outside: Outside, more: Record<string, string> = { _embed: "1" }) {
  return listed(source, outside, {
    orderby: "modified",
    order: "desc",
    per_page: String(POSTS_A_PAGE),
    ...more,
  });
}

/** Asks for one page of the known posts at a time, in turn: one request a minute. */
async function look(
  source: Source,
  { now, ...outside }: Outside,
  { looked = 0, place = 0 }: Cursor,
  known: Since["known"],
): Promise<{ missing: string[]; cursor: Cursor }> {
  const last = { looked, place };
  if (known.size === 0 || now() - Number(looked) < LOOK_EVERY_MS) return { missing: [], cursor: last };
  const posts = [...known].flatMap(([key, { id }]) => {
    const number = postNumber(id);
    return number === undefined ? [] : [{ key, number }];
  });
  const start = Number(place) < posts.length ? Number(place) : 0;
  const asked = posts.slice(start, start + POSTS_A_PAGE);
  const query = new URLSearchParams({
    include: asked.map(({ number }) => number).join(","),
    per_page: String(POSTS_A_PAGE),
    _fields: "id",
  });
  const answer = await ask(source, { ...outside, now }, restAddress(source.url, "/wp/v2/posts", query));
  const shown = new Set(listIn(await jsonOf(answer)).map((post) => numberOf(objectOf(post).id)));
  return {
    missing: asked.flatMap(({ key, number }) => (shown.has(number) ? [] : [key])),
    cursor: { looked: now(), place: start + asked.length },
  };
}

/** The number of a post in the id of its article: see `idOfPost`. */
function postNumber(id: string): number | undefined {
  const digits = /wp-(\d+)$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * WordPress's own word: that it has no such post, or what the post's status is. That it is forbidden to look is no word: some
 * plugin may say so of everything.
 */
export async function askForPost(source: Source, outside: Outside, { id }: Known): Promise<Word> {
  const number = postNumber(id);
  if (number === undefined) return "unsure";
  try {
    const address = restAddress(source.url, `/wp/v2/posts/${number}`, new URLSearchParams({ _embed: "1" }));
    const answer = await ask(source, outside, address);
    const value = await jsonOf(answer);
    const post = restPost(value);
    if (post?.id !== number || !isSameSite(answer.url, source.url)) return "unsure";
    // Without the right to see more, WordPress tells the status of public posts alone.
    const isTold = isObject(value) && textIn(value.status) !== undefined;
    return isTold ? (withheldAs(post) === undefined ? "public" : "hidden") : "unsure";
  } catch (error) {
    if (!(error instanceof SourceRefusal) || !isSameSite(error.url, source.url)) return "unsure";
    const isGone = error.status === 410 || (error.status === 404 && error.word === "rest_post_invalid_id");
    return isGone ? "gone" : "unsure";
  }
}
