import type { Kind } from "../kind.ts";
import { askForPost, pollSite } from "../wordpress/poll.ts";
import { itemOfPost } from "../wordpress/post-item.ts";
import { newestPosts, postPages } from "../wordpress/rest.ts";
import { restPost } from "../wordpress/rest-post.ts";
import { wxrPosts } from "../wordpress/wxr.ts";

/** WordPress: the REST interface of a site, and the files that its export makes (WXR). */
export const wordpress: Kind = {
  async *readAll(source, outside, from) {
    for await (const { posts, total, mark } of postPages(source, outside, from)) {
      if (total !== undefined) yield { total };
      for (const value of posts) {
        const post = restPost(value);
        const where = `a post of ${new URL(source.url).host}`;
        const item = post && itemOfPost(post, source);
        yield { item: item ?? { key: where, where, skipped: "It has no number or no address." } };
      }
      if (mark !== undefined) yield { mark };
    }
  },

  async *readFile(open, settings) {
    for await (const post of wxrPosts(open)) yield { item: itemOfPost(post, settings) };
  },

  async newest(source, outside, count) {
    const posts = (await newestPosts(source, outside, count)).flatMap((value) => restPost(value) ?? []);
    return posts.map((post) => itemOfPost(post, source));
  },

  poll: pollSite,
  askFor: askForPost,
};
