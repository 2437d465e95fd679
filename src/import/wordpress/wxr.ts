import { decodeHTML } from "entities";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_ATTACHMENTS } from "../limits.ts";
import { defined, wordsOf } from "../words.ts";
import type { Attachment, Post } from "./post.ts";
import { instantOf } from "./rest-post.ts";
import { readItems, type WxrItem } from "./wxr-items.ts";

/**
 * The posts of a file that WordPress exported (WXR 1.0 to 1.2, an RSS with its own elements), in the order of the file. The
 * file is read twice: a post names its pictures by numbers, and they may stand behind it. Throws `malformed` for what is no
 * such file.
 */
export async function* wxrPosts(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<Post> {
  const attachments = new Map<number, Attachment>();
  let isExport = false;
  for await (const found of readItems(open())) {
    isExport ||= "author" in found || found.item.fields.get("wp:post_id") !== undefined;
    if ("author" in found || found.item.fields.get("wp:post_type") !== "attachment") continue;
    const attachment = attachmentOf(found.item);
    if (attachment !== undefined && attachments.size < MAX_ATTACHMENTS)
      attachments.set(idOf(found.item), attachment);
  }
  if (!isExport) throw new FlashwireError("malformed", "This is no export of WordPress (WXR).");
  const authors = new Map<string, string>();
  for await (const found of readItems(open())) {
    if ("author" in found) authors.set(copyOf(found.author.login), copyOf(found.author.name));
    else if ((found.item.fields.get("wp:post_type") ?? "post") === "post")
      yield postOf(found.item, { attachments, authors });
  }
}

type Known = { attachments: Map<number, Attachment>; authors: Map<string, string> };

const idOf = ({ fields }: WxrItem) => Number(fields.get("wp:post_id"));

function postOf(item: WxrItem, { attachments, authors }: Known): Post {
  const { fields, categories, meta } = item;
  const id = idOf(item);
  const url = fields.get("link") ?? fields.get("guid") ?? "";
  const login = fields.get("dc:creator");
  return {
    id,
    url,
    guid: fields.get("guid") ?? url,
    title: fields.get("title") ?? "",
    content: fields.get("content:encoded") ?? "",
    excerpt: fields.get("excerpt:encoded") ?? "",
    status: fields.get("wp:status") ?? "publish",
    isProtected: (fields.get("wp:post_password") ?? "") !== "",
    isPaid: ["subscribers", "paid_subscribers"].includes(meta.get("_jetpack_newsletter_access") ?? ""),
    ...defined({
      published:
        instantOf(fields.get("wp:post_date_gmt")) ?? fields.get("wp:post_date") ?? fields.get("pubDate"),
      updated: instantOf(fields.get("wp:post_modified_gmt")),
      language: categories.find(({ domain }) => domain === "language")?.nicename,
      picture: attachments.get(Number(meta.get("_thumbnail_id"))),
    }),
    isTooLong: item.isTooLong,
    authors: bylineOf(categories, login, authors),
    categories: namesOf(categories, "category"),
    tags: namesOf(categories, "post_tag"),
    attachment: (wanted) => attachments.get(wanted),
    isRaw: true,
  };
}

/** The plugin Co-Authors Plus keeps who wrote a post as terms, `cap-` and a login; else it is the one user that WordPress knows. */
function bylineOf(categories: WxrItem["categories"], login: string | undefined, authors: Known["authors"]) {
  const logins = categories.flatMap(({ domain, nicename }) =>
    domain === "author" ? [nicename.replace(/^cap-/, "")] : [],
  );
  const named = logins.flatMap((one) => authors.get(one) ?? []);
  if (named.length > 0) return named.map((name) => ({ name }));
  return login === undefined ? [] : [{ name: authors.get(login) ?? login }];
}

const namesOf = (categories: WxrItem["categories"], domain: string) =>
  categories.flatMap((category) => (category.domain === domain ? [decodeHTML(category.name)] : []));

function attachmentOf({ fields, meta }: WxrItem): Attachment | undefined {
  const url = fields.get("wp:attachment_url");
  if (url === undefined) return undefined;
  const caption = wordsOf(fields.get("excerpt:encoded") ?? "");
  return {
    url: copyOf(url),
    ...defined({
      alt: copyOf(meta.get("_wp_attachment_image_alt")),
      caption: caption === "" ? undefined : copyOf(caption),
    }),
  };
}

/** A text that is cut out of a longer one keeps all of it in memory: of a picture that would be a chunk of the file. */
function copyOf<T extends string | undefined>(text: T): T {
  return (text === undefined ? undefined : Buffer.from(text).toString()) as T;
}
