import { MAX_ID_FORM } from "../../core/limits.ts";
import { ok, problems, ref } from "./parts.ts";

/** The addresses of stories and of the change log. `conditions` are parameters. */
export function logPaths(conditions: object[]) {
  const path = (summary: string, description: string, schema: string, parameters: object[] = []) => ({
    ...(parameters.length > 0 && { parameters }),
    get: {
      summary,
      parameters: conditions,
      responses: {
        200: ok(description, ref(schema)),
        304: { description: "Not modified" },
        ...problems("not-found", "precondition-failed"),
      },
    },
  });
  const inPath = (name: string, schema: object) => ({ name, in: "path", required: true, schema });
  const epoch = inPath("epoch", { type: "string" });
  const number = inPath("number", { type: "integer", minimum: 0 });
  const id = inPath("id", { type: "string", minLength: 1, maxLength: MAX_ID_FORM });
  return {
    "/changes/open.json": path("The newest changes", "The open page of the change log", "LogPage"),
    "/changes/{epoch}/{number}.json": path("Older changes", "A closed page, which never changes", "LogPage", [
      epoch,
      number,
    ]),
    "/snapshots/{epoch}/{number}.json": path(
      "The stories at the beginning of an epoch",
      "A page of the snapshot, which never changes",
      "Snapshot",
      [epoch, number],
    ),
    "/stories/{id}.json": path("One story", "The story, its tombstone, or its identity alone", "Story", [id]),
  };
}
