import fc from "fast-check";
import { anyLetter } from "./any-letter.ts";

/*
 * Addresses as fast-check's own `webUrl`, `webPath` and `webQueryParameters` give them. Those make a table of all letters first: half a
 * second and 150 MB in each worker.
 */

/** pchar of RFC 3986 §3.3, in lists so that letters come more often than signs. */
const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const SIGNS = [..."-._~!$&'()*+,;=:@"];

const character = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...LETTERS) },
  { weight: 3, arbitrary: fc.constantFrom(...SIGNS) },
  { weight: 1, arbitrary: anyLetter.map(encodeURIComponent) },
);

const segment = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(""));
const queryCharacter = fc.oneof({ weight: 9, arbitrary: character }, fc.constantFrom("/", "?"));

/** With a slash before each segment; often empty. */
export const anyPath = fc
  .array(segment, { maxLength: 6 })
  .map((segments) => segments.map((text) => `/${text}`).join(""));

/** What stands behind the question mark. */
export const anyQuery = fc.array(queryCharacter, { maxLength: 20 }).map((parts) => parts.join(""));

/** An address of the web without user or port; `withRest`: some have a query and a fragment. */
export const anyUrl = (withRest = false): fc.Arbitrary<string> => {
  const rest = (sign: string) =>
    withRest
      ? fc.oneof(
          fc.constant(""),
          anyQuery.map((text) => `${sign}${text}`),
        )
      : fc.constant("");
  return fc
    .tuple(fc.constantFrom("http", "https"), fc.domain(), anyPath, rest("?"), rest("#"))
    .map(([scheme, host, path, query, fragment]) => `${scheme}://${host}${path}${query}${fragment}`);
};
