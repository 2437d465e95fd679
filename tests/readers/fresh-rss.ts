import { createHash } from "node:crypto";
import type { Entry } from "./entries.ts";

/*
 * What FreshRSS does with entries (https://github.com/FreshRSS/FreshRSS). app/Models/Entry.php: `content` and `containsLink`
 * put an entry together, `hash` tells versions apart. app/Controllers/feedController.php decides what is new.
 */

type Enclosure = Entry["enclosures"][number];

/**
 * The addresses of the pictures that FreshRSS shows: those of the content, then each enclosed picture whose address
 * stands in no attribute of the content. To FreshRSS every `media:content`, `media:thumbnail` and `attachments` member is
 * such an enclosure.
 */
export function picturesShown(content: string, enclosures: Enclosure[]): string[] {
  const own = [...content.matchAll(/<img\b[^>]*?\ssrc="([^"]*)"/g)].map(([, address = ""]) => address);
  const seen = new Set<string>();
  const further = enclosures
    .filter(({ type = "" }) => type.startsWith("image/"))
    .map(({ url }) => url.replaceAll("&", "&amp;"))
    .filter((address) => !content.includes(`"${address}"`) && !seen.has(address) && seen.add(address));
  return [...own, ...further].map((address) => address.replaceAll("&amp;", "&"));
}

/** What a poll brought: the guids of entries that are new, and of those that were replaced in place. */
export type Polled = { added: string[]; replaced: string[] };

export type Subscription = {
  poll(entries: Entry[]): Polled;
  /** Everything that it shows. */
  kept(): Entry[];
};

/**
 * A subscription of FreshRSS. It knows an entry by its guid, and takes another version of it where the hash differs. Dates
 * do not count, and what a document does not have any more stays.
 */
export function subscribe(): Subscription {
  const kept = new Map<string, Entry>();
  return {
    poll(entries) {
      const polled: Polled = { added: [], replaced: [] };
      for (const entry of entries) {
        const before = kept.get(entry.guid);
        if (before !== undefined && hashOf(before) === hashOf(entry)) continue;
        polled[before === undefined ? "added" : "replaced"].push(entry.guid);
        kept.set(entry.guid, entry);
      }
      return polled;
    },
    kept: () => [...kept.values()],
  };
}

function hashOf({ link, title, authors, content, tags }: Entry): string {
  const people = authors.length === 0 ? "" : `;${authors.join("; ")}`;
  const topics = tags.length === 0 ? "" : `#${tags.join(" #")}`;
  return createHash("md5").update(`${link}${title}${people}${content}${topics}`).digest("hex");
}
