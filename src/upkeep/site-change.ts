import { fingerprintOf, type Rollout, readMark, setMark } from "../repository/rollout.ts";
import type { Services } from "../services.ts";
import { DEPLOY_SETTLES_MS } from "./limits.ts";
import type { Range } from "./scan-records.ts";

/**
 * The change of the site file that is to be carried out, if there is one. Just after a deploy it waits: functions of
 * the version before may be at work still, and place articles by the old site file behind the rebuild's back.
 */
export async function siteChange(services: Services): Promise<Rollout | undefined> {
  const site = fingerprintOf(services);
  const mark = await readMark(services);
  if (mark?.site === site) return undefined;
  if (mark?.change?.site === site) return mark.change;
  const begins = services.now() + (mark === undefined ? 0 : DEPLOY_SETTLES_MS);
  const change = { site, begins: new Date(begins).toISOString() };
  await setMark(services, { change });
  services.log("site.changed", change);
  return change;
}

/** To be said when the feeds of this range have been rebuilt: behind the last of them the change is over. */
export async function noteReached(services: Services, change: Rollout, { to }: Range): Promise<void> {
  if (to !== undefined) return setMark(services, { change: { ...change, reached: to } });
  await setMark(services, { site: change.site });
  services.log("site.rebuilt", { since: change.begins });
}
