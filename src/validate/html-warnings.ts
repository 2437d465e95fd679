import type { FieldProblem } from "../core/errors.ts";

type Words = readonly [one: string, many: string, what: string, ofMany?: string];

/** What a warning may tell about a body: one thing, several things, and what came of them. */
const KINDS = {
  script: ["script", "scripts", "left out"],
  style: ["style sheet", "style sheets", "left out"],
  form: ["form field", "form fields", "left out"],
  drawing: ["drawing (svg or canvas)", "drawings (svg or canvas)", "left out"],
  template: ["template", "templates", "left out"],
  annotation: ["annotation of a formula", "annotations of formulas", "left out"],
  other: ["element that no reader shows", "elements that no reader shows", "left out"],
  hidden: ["hidden element", "hidden elements", "left out"],
  empty: ["empty element", "empty elements", "left out"],
  track: ["subtitle track", "subtitle tracks", "left out"],
  linkWithoutAddress: [
    "link without a usable address",
    "links without a usable address",
    "left out (the text stays)",
  ],
  linkInLink: ["link inside of a link", "links inside of links", "left out (the text stays)"],
  pictureWithoutAddress: [
    "picture without a usable address",
    "pictures without a usable address",
    "left out",
  ],
  figure: ["figure without picture", "figures without picture", "left out"],
  embedWithoutAddress: ["embed without a usable address", "embeds without a usable address", "left out"],
  embed: ["embed", "embeds", "replaced by its link", "replaced by their links"],
  openTag: ["tag without an end", "tags without an end", "left out, with all behind it"],
  openComment: ["comment without an end", "comments without an end", "left out, with all behind it"],
  cdata: ["CDATA section", "CDATA sections", "taken for HTML"],
  lazy: ["picture", "pictures", "found behind a placeholder"],
} satisfies Record<string, Words>;

export type Kind = keyof typeof KINDS;

/** Counts what was left out of a body or repaired in it. */
export class Tally {
  readonly #counts = new Map<Kind, number>();

  add(kind: Kind, count = 1): void {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** One warning for each kind, in the order in which the kinds first came. */
  warnings(): FieldProblem[] {
    return [...this.#counts].map(([kind, count]) => {
      const [one, many, what, ofMany = what]: Words = KINDS[kind];
      return bodyWarning(count === 1 ? `1 ${one} was ${what}` : `${count} ${many} were ${ofMany}`);
    });
  }
}

export const bodyWarning = (detail: string): FieldProblem => ({ pointer: "#/body", detail });

/** What an element that goes with its content is called. */
export function kindOf(element: string): Kind {
  return KIND_OF[element] ?? "other";
}

const KIND_OF: Record<string, Kind> = {
  script: "script",
  style: "style",
  textarea: "form",
  select: "form",
  button: "form",
  datalist: "form",
  input: "form",
  svg: "drawing",
  canvas: "drawing",
  template: "template",
  annotation: "annotation",
  "annotation-xml": "annotation",
};
