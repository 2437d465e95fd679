/*
 * The direction of a language's script, from a table of our own: Intl answers by the data of its Node, and a document has the
 * same bytes under every Node.
 */

/** Scripts that are written from right to left (ISO 15924), in lower case. */
const SCRIPTS = new Set("adlm arab aran hebr mand nkoo rohg samr syrc thaa".split(" "));

/** Languages that are written so unless their tag names another script. */
const LANGUAGES = new Set(
  (
    "apc ar arc ary arz azb bal bqi ckb dv fa glk he iw ji khw ks lrc mzn nqo pnb prs ps sd sdh skr syr ug " +
    "ur yi"
  ).split(" "),
);

/** Language, extended languages and script of a tag (RFC 5646 §2.1). */
const TAG = /^([a-z]{2,3})(?:-[a-z]{3}(?![a-z0-9])){0,3}(?:-([a-z]{4})(?![a-z0-9]))?/;

/** Whether text in the language of this tag is written from right to left. */
export function isRightToLeft(tag: string): boolean {
  const [, language = "", script] = TAG.exec(tag.toLowerCase()) ?? [];
  return script === undefined ? LANGUAGES.has(language) : SCRIPTS.has(script);
}
