import * as v from "valibot";
import { object } from "./fields.ts";
import { MAX_LINKS, MAX_NAME, MAX_PARAGRAPH, MAX_THEME } from "./limits.ts";
import { list, string, text, url } from "./site-fields.ts";

/** The part of the site file that says how the pages for people look. */

const accent = v.pipe(
  string,
  v.regex(/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i, "must be a colour such as #b80000"),
  v.transform((colour) => colour.toLowerCase()),
);

/** Pages load nothing that is not encrypted. */
const secureUrl = v.pipe(
  url,
  v.check((address) => address.startsWith("https:"), "must be an https URL"),
);

const link = object({ label: text(MAX_NAME), url });

const replaces = v.exactOptional(v.boolean("must be true or false"));
const css = v.pipe(string, v.maxLength(MAX_THEME, `must be at most ${MAX_THEME} characters`));
const file = v.pipe(
  string,
  v.regex(/^(?!\/).+\.css$/, "must be the path of a CSS file, seen from the folder of the site file"),
);

const style = object({ css, replaces });

/** The style itself. Loading a site file puts it in the place of the name of its file: see config/theme.ts. */
const theme = v.pipe(
  v.union(
    [style, object({ file, replaces }), file],
    `must be a CSS file, such as "theme.css", or {file, replaces?}; the style has at most ${MAX_THEME} characters`,
  ),
  v.check((found) => typeof found === "object" && "css" in found, "names a file that was not read"),
  v.transform((found) => found as v.InferOutput<typeof style>),
);

export const look = object({
  /** The newsroom's name as readers know it, where it is not the title of the wire. */
  name: v.exactOptional(text(MAX_NAME)),
  /** Wide, in the head of each page. Without it the `logo` of the site stands there, else the name. */
  logo: v.exactOptional(secureUrl),
  /** The colour of labels, links and the bar of breaking news: #rgb or #rrggbb. Text on it is black or white, whichever can be read. */
  accent: v.exactOptional(accent),
  /** Square, for tabs and bookmarks. */
  icon: v.exactOptional(secureUrl),
  /** At the foot of each page. */
  links: v.exactOptional(v.pipe(list(link), v.maxLength(MAX_LINKS, `must have at most ${MAX_LINKS} links`))),
  /** Who answers for the pages: plain text at their foot. */
  imprint: v.exactOptional(text(MAX_PARAGRAPH)),
  /** A style of the newsroom's own, behind that of the wire; `replaces`: in its place. */
  theme: v.exactOptional(theme),
});
