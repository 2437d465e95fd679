import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCHEMA_FILES } from "../src/http/schemas.ts";

/** `npm run schemas`: schemas/ and the table of fields in docs/article.md, made from src/core/article.ts. */

const ROOT = join(import.meta.dirname, "..");
const DOCS = join(ROOT, "docs/article.md");

/** The table stands between these two lines. */
const [BEGIN, END] = ["<!-- fields: made by npm run schemas -->", "<!-- end of fields -->"];

type Schema = {
  type?: string;
  format?: string;
  enum?: string[];
  description?: string;
  examples?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
};

/** Every file that this script writes, by its path in the project. */
export function generated(): Record<string, string> {
  const schemas = Object.entries(SCHEMA_FILES).map(([name, schema]) => [
    `schemas/${name}`,
    `${JSON.stringify(schema(), undefined, 2)}\n`,
  ]);
  const article = SCHEMA_FILES["article.schema.json"]();
  const table = fieldTable({
    properties: article.properties as Record<string, Schema>,
    required: [...article.required, ...article.else.required],
  });
  const [before, rest = ""] = readFileSync(DOCS, "utf8").split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return { ...Object.fromEntries(schemas), "docs/article.md": `${before}${BEGIN}\n${table}\n${after}` };
}

function fieldTable(schema: Schema): string {
  const rows = fieldsOf(schema).map(({ path, field, isRequired }) => {
    const [example] = field.examples ?? [];
    const cells = [
      `\`${path}\`${isRequired ? " (required)" : ""}`,
      typeOf(field),
      field.description ?? "",
      `\`${JSON.stringify(example)}\``,
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| field | type | meaning | example |", "|---|---|---|---|", ...rows].join("\n");
}

type Row = { path: string; field: Schema; isRequired: boolean };

/** Every field and the fields below it, in the order of the schema; `tags[].name` is the name of one tag. */
function fieldsOf({ properties = {}, required = [], items, anyOf = [] }: Schema, path = ""): Row[] {
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return [{ path: at, field, isRequired: required.includes(name) }, ...fieldsOf(field, at)];
  });
  const ofItems = items === undefined ? [] : fieldsOf(items, `${path}[]`);
  return [...own, ...ofItems, ...anyOf.flatMap((one) => fieldsOf(one, path))];
}

function typeOf({ type, format, enum: choices, items, anyOf }: Schema): string {
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  if (choices) return choices.map((choice) => `\`${choice}\``).join(", ");
  if (items) return `list of ${typeOf(items)}`;
  return format ?? type ?? "";
}

if (import.meta.main) {
  mkdirSync(join(ROOT, "schemas"), { recursive: true });
  for (const [path, text] of Object.entries(generated())) writeFileSync(join(ROOT, path), text);
}
