import type { Site } from "../core/site.ts";
import type { Publisher } from "../publish/publisher.ts";
import type { Pacing } from "../store/cas.ts";
import type { Log, Stores } from "../store/stores.ts";

/** What upkeep needs of the wire. `now` is in milliseconds since 1970. */
export type UpkeepDeps = Pacing & {
  site: Site;
  stores: Stores;
  publisher: Publisher;
  log: Log;
  now(): number;
};

/** Whether a run has to end. It is asked between two steps, and what is left is done by the next run. */
export type TimeIsUp = () => boolean;

export const never: TimeIsUp = () => false;
