/** A JSON Schema, as far as these tests look into one. */
export type Schema = {
  $id?: string;
  $ref?: string;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
};

/** The members that a schema describes, each by its path (`tags[].name`), without following references. */
export function membersOf({ properties = {}, items, anyOf = [] }: Schema, path = ""): [string, Schema][] {
  return [
    ...Object.entries(properties).flatMap(([name, schema]): [string, Schema][] => {
      const at = path === "" ? name : `${path}.${name}`;
      return [[at, schema], ...membersOf(schema, at)];
    }),
    ...(items ? membersOf(items, `${path}[]`) : []),
    ...anyOf.flatMap((one) => membersOf(one, path)),
  ];
}

/** The members that a value has, in the same way. */
export function membersIn(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersIn(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [at, ...membersIn(member, at)];
  });
}

/** The same schemas, which take no member that they do not name. */
export function closed<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.entries(value).map(([key, part]) => [key, closed(part)]);
  const all = Array.isArray(value) ? copy.map(([, part]) => part) : Object.fromEntries(copy);
  return (all.properties && all.type === "object" ? { additionalProperties: false, ...all } : all) as T;
}
