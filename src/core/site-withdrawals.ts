import * as v from "valibot";
import { notList, object } from "./fields.ts";
import { MAX_NAME, MAX_STUB_DAYS, STUB_DAYS } from "./limits.ts";
import { languageTag, text, whole } from "./site-fields.ts";

/** The part of the site file that says what readers see of killed stories. */

/** What readers see of a killed story: a stub in its place, or nothing. */
export const withdrawn = v.picklist(["stub", "remove"], "must be stub or remove");

/** What a stub says in each language, by its BCP 47 tag. */
const words = notList(
  v.record(languageTag, object({ title: text(MAX_NAME), text: text(MAX_NAME) }), "must be an object"),
);

export const withdrawals = object({
  /** Days for which a stub stands for a killed story, back from the newest date of its feed. */
  days: v.optional(whole(1, MAX_STUB_DAYS), STUB_DAYS),
  /** What stubs say, where it is not what the wire says by itself. */
  words: v.exactOptional(words),
});
