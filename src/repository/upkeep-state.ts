import type { Log, Stores } from "../store/stores.ts";
import { parseStored } from "./stored-json.ts";

/** How far upkeep has come: one object, which the run that has something to do reads and writes. */
const STATE_KEY = "upkeep/state.json";

type Deps = { stores: Pick<Stores, "newsroom">; log: Log };

/** Empty where there is none. A state that cannot be read counts as none: every walk may begin again. */
export async function readUpkeepState<State extends object>({ stores, log }: Deps): Promise<Partial<State>> {
  const stored = await stores.newsroom.get(STATE_KEY);
  try {
    return stored === undefined ? {} : parseStored<Partial<State>>(STATE_KEY, stored, () => true);
  } catch (error) {
    log("upkeep.state.failed", { error: String(error) });
    return {};
  }
}

export async function putUpkeepState({ stores }: Pick<Deps, "stores">, state: object): Promise<void> {
  await stores.newsroom.put(STATE_KEY, Buffer.from(JSON.stringify(state)), {
    contentType: "application/json",
  });
}
