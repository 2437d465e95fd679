/*
 * The HTML that a body may hold. Everything else goes; its text stays, but for RAW_TEXT and REMOVED_WITH_CONTENT.
 * No class, id or style: a reader's page has its own. No script, form, frame or embedded media.
 */

/** Attributes of every element. */
export const EVERYWHERE = ["title", "lang", "dir"];

const IMAGE = ["src", "srcset", "sizes", "width", "height"];
const CELL = ["colspan", "rowspan", "headers"];

/** Element → its attributes besides `title`, `lang` and `dir`, which every element may have. */
export const ALLOWED_ELEMENTS: Record<string, readonly string[]> = {
  // Sections
  p: [],
  div: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  blockquote: ["cite"],
  pre: [],
  hr: [],
  // Lists
  ul: [],
  ol: ["start", "reversed", "type"],
  li: ["value"],
  dl: [],
  dt: [],
  dd: [],
  // Figures
  figure: [],
  figcaption: [],
  picture: [],
  source: ["srcset", "sizes", "media", "type", "width", "height"],
  img: [...IMAGE, "alt"],
  // Tables
  table: [],
  caption: [],
  colgroup: ["span"],
  col: ["span"],
  thead: [],
  tbody: [],
  tfoot: [],
  tr: [],
  th: [...CELL, "scope", "abbr"],
  td: CELL,
  // Words
  a: ["href", "hreflang"],
  abbr: [],
  b: [],
  bdi: [],
  bdo: [],
  br: [],
  cite: [],
  code: [],
  del: ["cite", "datetime"],
  dfn: [],
  em: [],
  i: [],
  ins: ["cite", "datetime"],
  kbd: [],
  mark: [],
  q: ["cite"],
  rp: [],
  rt: [],
  ruby: [],
  s: [],
  samp: [],
  small: [],
  span: [],
  strong: [],
  sub: [],
  sup: [],
  time: ["datetime"],
  u: [],
  var: [],
  wbr: [],
};

/** The same as the sanitiser takes it, which goes through all of it for each body: elements with attributes only. */
export const ALLOWED_ATTRIBUTES: Record<string, string[]> = {
  "*": EVERYWHERE,
  ...Object.fromEntries(
    Object.entries(ALLOWED_ELEMENTS).flatMap(([element, own]) =>
      own.length > 0 ? [[element, [...own]]] : [],
    ),
  ),
};

/** Elements that become others: layout keeps its line breaks, and what HTML 4 called otherwise keeps its meaning. */
export const RENAMED: Record<string, string> = {
  address: "div",
  article: "div",
  aside: "div",
  center: "div",
  details: "div",
  footer: "div",
  header: "div",
  main: "div",
  nav: "div",
  section: "div",
  summary: "div",
  acronym: "abbr",
  strike: "s",
  tt: "code",
};

/** Elements whose content the parser takes for letters, not for HTML. It goes, up to the end tag or the end of all. */
export const RAW_TEXT = ["script", "style", "textarea", "title", "xmp"];

/**
 * Elements whose content is no text of the article, but words for a reader who cannot play it, or those of a form. It
 * goes where the element has its end tag. Where that is missing, nobody knows what was meant to be inside: then the
 * element alone goes, and the rest of the story stays.
 */
export const REMOVED_WITH_CONTENT = [
  ...["audio", "video", "canvas", "iframe", "object", "applet", "svg", "math", "template"],
  ...["select", "button", "datalist", "plaintext", "noembed", "noframes", "listing"],
];

/** Where a link may lead. Images and citations: http and https only. */
export const LINK_SCHEMES = ["http", "https", "mailto", "tel"];
export const MEDIA_SCHEMES = ["http", "https"];
