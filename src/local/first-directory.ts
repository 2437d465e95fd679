import { hasDirectory } from "../repository/directory.ts";
import type { Services } from "../services.ts";
import { writeDirectory } from "../upkeep/directory.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";

/** Writes the list of feeds where there is none yet, before the first reader asks. */
export async function firstDirectory(services: Services): Promise<void> {
  const write = async () => {
    if (!(await hasDirectory(services))) await writeDirectory(services);
  };
  await write().catch(throwUnlessFull);
}
