import type { Kind } from "../core/fields.ts";

/** What the door needs to know of any valibot schema. */
export type Shape = {
  type: string;
  takes?: Kind;
  entries?: Record<string, Shape>;
  item?: Shape;
  wrapped?: Shape;
  /** Schemas of a union, texts of a picklist. */
  options?: readonly (Shape | string)[];
  pipe?: readonly { type: string; requirement?: unknown }[];
};

export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema of what is there; `optional` says no more than that it may be missing. */
export function unwrapped(shape: Shape): Shape {
  return shape.wrapped === undefined ? shape : unwrapped(shape.wrapped);
}

/** What a union takes: an object, text, true and false. */
type Choices = { whole: Shape | undefined; text: Shape | undefined; boolean: Shape | undefined };

/** Schemas live as long as the program. */
const known = new WeakMap<Shape, Choices>();

/** The choices of a union; none of any other schema. */
export function choicesOf(shape: Shape): Choices {
  const found = known.get(shape);
  if (found !== undefined) return found;
  const options = (shape.options ?? []).filter((option) => typeof option === "object");
  const choices = {
    whole: options.find(({ entries }) => entries !== undefined),
    text: options.find(({ type }) => type === "string" || type === "picklist"),
    boolean: options.find(({ type }) => type === "boolean"),
  };
  known.set(shape, choices);
  return choices;
}

/** The object that the shape is, or has among its choices. */
export function objectIn(shape: Shape): Shape | undefined {
  const found = unwrapped(shape);
  return found.entries === undefined ? choicesOf(found).whole : found;
}

/** Whether true and false may stand there. */
export function takesBoolean(shape: Shape): boolean {
  const found = unwrapped(shape);
  return found.type === "boolean" || choicesOf(found).boolean !== undefined;
}

/** Most items that a list may have. */
export function mostItems({ pipe = [] }: Shape): number {
  const most = pipe.find(({ type }) => type === "max_length")?.requirement;
  return typeof most === "number" ? most : Number.POSITIVE_INFINITY;
}

/** The schema of a step of a path. */
export function stepInto(shape: Shape, step: string | number): Shape | undefined {
  if (typeof step === "number") return unwrapped(shape).item;
  const entries = objectIn(shape)?.entries;
  return entries !== undefined && Object.hasOwn(entries, step) ? entries[step] : undefined;
}
