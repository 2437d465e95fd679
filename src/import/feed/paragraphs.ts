/** Plain text as HTML: an empty line parts paragraphs. */
export function paragraphsOf(plain: string | undefined): string | undefined {
  if (plain === undefined) return undefined;
  const escaped = plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const paragraphs = escaped.split(/\r?\n[ \t]*\r?\n\s*/).map((part) => part.replace(/\r?\n/g, "<br>"));
  return paragraphs.map((part) => `<p>${part}</p>`).join("\n");
}
