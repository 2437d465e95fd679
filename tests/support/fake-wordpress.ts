import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A post as the fake keeps it. Dates are RFC 3339 in UTC. */
export type FakePost = {
  id: number;
  title: string;
  content: string;
  excerpt?: string;
  status?: "publish" | "draft" | "future" | "private" | "trash";
  password?: string;
  date: string;
  modified: string;
  categories?: string[];
  tags?: string[];
  author?: string;
  picture?: { url: string; alt?: string; caption?: string; sizes?: Record<string, number> };
};

export type FakeWordPress = {
  url: string;
  posts: Map<number, FakePost>;
  /** What was asked for, in order. */
  asked: string[];
  /** Answers the next requests, instead of the fake. */
  answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
  /** Called before each answer: what happens at the site while it is read. */
  before(run: () => void): void;
  /** The most posts on a page, as some sites set it. */
  maxPerPage: number;
  /** Whether it is older than 5.7. */
  isOld: boolean;
  /** `user:password` that may read what is not public. */
  login?: string;
  close(): Promise<void>;
};

/**
 * Plays the REST interface of WordPress as far as an import asks it, by the words of
 * https://developer.wordpress.org/rest-api/reference/posts/.
 */
export async function startFakeWordPress(posts: FakePost[]): Promise<FakeWordPress> {
  let onAsked = () => {};
  const fake: FakeWordPress = {
    url: "",
    posts: new Map(posts.map((post) => [post.id, post])),
    asked: [],
    answers: [],
    maxPerPage: 100,
    isOld: false,
    before(run) {
      onAsked = run;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server = createServer((request, response) => {
    fake.asked.push(request.url ?? "");
    onAsked();
    const other = fake.answers.shift();
    if (other !== undefined) other(request, response);
    else answer(fake, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

function answer(fake: FakeWordPress, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? "/", fake.url);
  if (pathname === "/") {
    response.end(
      `<html><head><link rel="https://api.w.org/" href="${fake.url}/wp-json/" /></head><body>Hello</body></html>`,
    );
    return;
  }
  const one = /^\/wp-json\/wp\/v2\/posts\/(\d+)$/.exec(pathname);
  if (one !== null) {
    answerOne(fake, request, response, Number(one[1]));
    return;
  }
  if (pathname !== "/wp-json/wp/v2/posts") {
    send(response, 404, { code: "rest_no_route" });
    return;
  }
  const perPage = Math.min(Number(searchParams.get("per_page") ?? 10), fake.maxPerPage);
  const page = Number(searchParams.get("page") ?? 1);
  const after = fake.isOld ? null : searchParams.get("modified_after");
  const by = searchParams.get("orderby") === "modified" ? "modified" : "date";
  const listed = [...fake.posts.values()]
    .filter(
      ({ status = "publish", modified }) =>
        status === "publish" && (after === null || modified > second(after)),
    )
    .sort((a, b) => (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : a.id - b.id));
  if (searchParams.get("order") !== "asc") listed.reverse();
  const pages = Math.ceil(listed.length / perPage);
  if (page > Math.max(1, pages)) {
    send(response, 400, { code: "rest_post_invalid_page_number" });
    return;
  }
  const shown = listed.slice((page - 1) * perPage, page * perPage);
  send(
    response,
    200,
    shown.map((post) => restOf(fake, post)),
    {
      "x-wp-total": String(listed.length),
      "x-wp-totalpages": String(pages),
    },
  );
}

/** What is not public is told to who may see it. */
function answerOne(
  fake: FakeWordPress,
  request: IncomingMessage,
  response: ServerResponse,
  id: number,
): void {
  const post = fake.posts.get(id);
  if (post === undefined) {
    send(response, 404, { code: "rest_post_invalid_id", data: { status: 404 } });
    return;
  }
  const isKnown =
    fake.login !== undefined &&
    request.headers.authorization === `Basic ${Buffer.from(fake.login).toString("base64")}`;
  if ((post.status ?? "publish") !== "publish" && !isKnown) {
    send(response, 401, { code: "rest_forbidden" });
    return;
  }
  send(response, 200, restOf(fake, post));
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
}

/** Whole seconds, as the database has them. */
const second = (instant: string) => new Date(Date.parse(instant)).toISOString().replace(/\.\d+Z$/, "Z");

const gmt = (instant: string) => second(instant).slice(0, -1);

function restOf({ url }: FakeWordPress, post: FakePost) {
  const { id, title, content, excerpt = "", status = "publish", password = "", author = "Ada Quill" } = post;
  const terms = (names: string[] = [], taxonomy: string) => names.map((name) => ({ name, taxonomy }));
  return {
    id,
    date: gmt(post.date),
    date_gmt: gmt(post.date),
    modified: gmt(post.modified),
    modified_gmt: gmt(post.modified),
    guid: { rendered: `${url}/?post_type=post&#038;p=${id}` },
    link: `${url}/${id}/`,
    status,
    type: "post",
    title: { rendered: title },
    content: { rendered: password === "" ? content : "", protected: password !== "" },
    excerpt: { rendered: excerpt, protected: password !== "" },
    _embedded: {
      author: [{ name: author, link: `${url}/author/1/` }],
      ...(post.picture === undefined ? {} : { "wp:featuredmedia": [mediaOf(post.picture)] }),
      "wp:term": [terms(post.categories, "category"), terms(post.tags, "post_tag")],
    },
  };
}

function mediaOf({ url, alt = "", caption = "", sizes = {} }: NonNullable<FakePost["picture"]>) {
  return {
    source_url: url,
    alt_text: alt,
    mime_type: "image/jpeg",
    caption: { rendered: `<p>${caption}</p>\n` },
    media_details: {
      width: 2000,
      height: 1000,
      sizes: Object.fromEntries(
        Object.entries(sizes).map(([name, width]) => [
          name,
          {
            source_url: url.replace(".jpg", `-${width}.jpg`),
            width,
            height: width / 2,
            mime_type: "image/jpeg",
          },
        ]),
      ),
      image_meta: { credit: "Max Lens" },
    },
  };
}
