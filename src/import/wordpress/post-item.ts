import { readDate } from "../dates.ts";
import { headlineOf } from "../headline.ts";
import type { Item, SourceSettings } from "../item.ts";
import { defined, orNone, wordsOf } from "../words.ts";
import { htmlOf } from "./content.ts";
import type { Post } from "./post.ts";

const WITHHELD: Record<string, string> = {
  draft: "is a draft",
  "auto-draft": "is a draft",
  pending: "waits for a review",
  future: "is scheduled",
  private: "is private",
  trash: "is in the trash",
};

/** WordPress's name for what has no category. */
const NO_CATEGORY = /^uncategori[sz]ed$/i;

/** The item of a post. A post that its source does not show to everybody is skipped. */
export function itemOfPost(post: Post, source: SourceSettings): Item {
  // Sites that were copied have guids twice; the number is what WordPress itself goes by.
  const key = String(post.id);
  const where = post.url;
  const withheld = withheldAs(post);
  if (withheld !== undefined) return { key, where, skipped: `The post ${withheld} at its source.` };
  const [section = source.section, ...sections] = post.categories.filter((name) => !NO_CATEGORY.test(name));
  const body = htmlOf(post);
  const title = headlineOf(
    post.title,
    [post.excerpt, body, post.picture?.alt, post.picture?.caption],
    post.url,
  );
  return {
    key,
    where,
    repaired: title.repaired === undefined ? [] : [title.repaired],
    record: {
      ...defined({
        url: post.url,
        headline: title.headline,
        summary: summaryOf(post.excerpt, body),
        body: body === "" ? undefined : body,
        language: post.language ?? source.language,
        section,
        sections: orNone(sections),
        tags: orNone(post.tags),
        authors: orNone(post.authors),
        published: readDate(post.published, source.timeZone)?.date,
        updated: post.updated,
        media: post.picture && [{ ...post.picture, role: "lead" }],
        rights: source.rights,
      }),
      id: idOfPost(post.id, source),
      guid: post.guid,
    },
  };
}

/** The id of a post's article: the REST interface and an export file give the same one. */
export const idOfPost = (id: number, { idPrefix = "" }: SourceSettings): string => `${idPrefix}wp-${id}`;

/** Why not everybody may read a post. A status that WordPress does not have was made by a plugin, and says nothing that is known. */
export function withheldAs({ status, isTooLong, isProtected, isPaid }: Post): string | undefined {
  if (isTooLong) return "is longer than what the wire reads";
  if (isProtected) return "needs a password";
  if (isPaid) return "is for subscribers alone";
  return status === "publish" ? undefined : (WITHHELD[status] ?? `has the status ${JSON.stringify(status)}`);
}

/** An excerpt that WordPress cut out of the content says nothing of its own. */
function summaryOf(excerpt: string, body: string): string | undefined {
  const words = wordsOf(excerpt);
  const start = words.replace(/\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.|Continue reading.*|Read more.*)$/i, "");
  return words === "" || wordsOf(body).startsWith(start) ? undefined : words;
}
