import { HOME_KEY } from "../core/keys.ts";
import { hasDirectory } from "../repository/directory.ts";
import { orUnreadable } from "../repository/stored-json.ts";
import type { Services } from "../services.ts";
import { writeDirectory } from "../upkeep/directory.ts";
import { throwUnlessFull } from "./queue/late-journal.ts";

/** Writes the list of feeds and the page at the root where there are none yet, before the first reader asks. */
export async function firstDirectory(services: Services): Promise<void> {
  const write = async () => {
    if (!(await hasDirectory(services))) await writeDirectory(services);
    const page = await services.stores.published.head(HOME_KEY);
    // Where a window cannot be read, the page comes when upkeep has made the window again.
    if (page === undefined) await orUnreadable(services.publisher.writeHome());
  };
  await write().catch(throwUnlessFull);
}
