/* How FreshRSS puts an entry together: app/Models/Entry.php, `content` and `containsLink`. */

type Enclosure = { url: string; type?: string | undefined };

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
