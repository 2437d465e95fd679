/*
 * The HTML that a body may hold. Everything else goes; its text stays, but for RAW_TEXT and REMOVED_WITH_CONTENT.
 * No class, id or style: a reader's page has its own. No script, form, frame or embedded media: html-embeds.ts makes
 * links of what plays.
 */

/** Attributes of every element. */
export const EVERYWHERE = ["title", "lang", "dir"];

const IMAGE = ["src", "srcset", "sizes", "width", "height"];
const CELL = ["colspan", "rowspan", "headers"];

/** MathML elements that hold letters and nothing else. HTML in them is where sanitisers and browsers disagree. */
export const MATH_TOKENS = ["mi", "mn", "mo", "ms", "mtext"];

/**
 * MathML Core without what holds HTML (annotation-xml), links or scripts. The reader of bodies keeps these elements
 * inside of `math` only, and keeps everything else out of it.
 */
const MATH_ELEMENTS: Record<string, readonly string[]> = {
  math: ["display", "alttext"],
  mi: ["mathvariant"],
  mn: [],
  mo: ["form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits", "lspace", "rspace"],
  ms: [],
  mtext: [],
  mspace: ["width", "height", "depth"],
  mrow: [],
  mfrac: ["linethickness"],
  msqrt: [],
  mroot: [],
  mstyle: ["displaystyle", "scriptlevel"],
  mpadded: [],
  msub: [],
  msup: [],
  msubsup: [],
  munder: ["accentunder"],
  mover: ["accent"],
  munderover: ["accent", "accentunder"],
  mmultiscripts: [],
  mprescripts: [],
  mtable: [],
  mtr: [],
  mtd: ["columnspan", "rowspan"],
};

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
  a: ["href", "hreflang", "rel"],
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
  ...MATH_ELEMENTS,
};

export const MATH = new Set(Object.keys(MATH_ELEMENTS));

/** What a link may say about itself (HTML §4.6.7): that it is paid for, not vouched for or written by a reader. */
export const LINK_TYPES = ["sponsored", "nofollow", "ugc"];

/** ALLOWED_ELEMENTS in the form of the sanitiser, which reads all of it for each body: elements with attributes only. */
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

/** Elements that have no end tag. */
export const VOID = ["br", "col", "hr", "img", "source", "wbr"];

/** Elements that may hold a figure. Inside of all others a link that stands for an embed stands in the line. */
export const FLOW = ["blockquote", "dd", "div", "figcaption", "figure", "li", "td", "th"];

/** Elements that stand on lines of their own: where an empty one goes, the words around it stay apart. */
export const BLOCKS = new Set([
  ...["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "figure", "figcaption"],
  ...["ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr"],
  ...["td", "th"],
]);

/** Elements that mean something without content: where a cell or a number stands depends on them. */
export const KEPT_EMPTY = new Set(["td", "th", "colgroup", "picture"]);

/** Elements that go when all they hold is embeds: the figure of the embed takes their place. */
export const WRAPPERS = new Set([
  "p",
  "div",
  "span",
  "b",
  "strong",
  "em",
  "i",
  "u",
  "small",
  "a",
  "figcaption",
]);

/** Elements whose content the parser takes for letters, not for HTML. It goes, up to the end tag or the end of all. */
export const RAW_TEXT = ["script", "style", "textarea", "title", "xmp"];

/**
 * Elements whose content is no text of the article, but a drawing, or the words of a form. It goes where the element
 * has its end tag. Where that is missing, nobody knows what was meant to be inside: then the element alone goes, and
 * the rest of the story stays.
 */
export const REMOVED_WITH_CONTENT = [
  ...["canvas", "applet", "svg", "template", "annotation", "annotation-xml"],
  ...["select", "button", "datalist", "input", "plaintext", "noembed", "noframes", "listing"],
];

/** Where a link may lead. Images and citations: http and https only. */
export const LINK_SCHEMES = ["http", "https", "mailto", "tel"];
export const MEDIA_SCHEMES = ["http", "https"];
