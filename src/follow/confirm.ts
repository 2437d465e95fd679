import { FlashwireError } from "../core/errors.ts";
import { putSourceState, readSourceState } from "../repository/sources.ts";
import { compareAndSwap, type Pacing } from "../store/cas.ts";
import { CONFLICT } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";

type Deps = Pacing & { stores: Pick<Stores, "newsroom"> };

/**
 * An operator says yes to the withdrawals that wait: the next round does them, at once. Answers how many. Throws `not-found`
 * where none wait.
 */
export function confirmHeld(deps: Deps, name: string): Promise<number> {
  return compareAndSwap(deps, async () => {
    const stored = await readSourceState(deps, name);
    const state = stored?.value;
    const keys = state?.held?.keys ?? [];
    if (state === undefined || keys.length === 0)
      throw new FlashwireError("not-found", `No withdrawal of the source ${name} waits.`);
    const confirmed = { ...state, confirmed: [...(state.confirmed ?? []), ...keys], next: state.polled };
    return (await putSourceState(deps, name, confirmed, stored)) ? keys.length : CONFLICT;
  });
}

/** An operator has seen the gap: `status` names it no longer. */
export function forgetGap(deps: Deps, name: string): Promise<void> {
  return compareAndSwap(deps, async () => {
    const stored = await readSourceState(deps, name);
    if (stored?.value?.gap === undefined) return undefined;
    const { gap: _, ...state } = stored.value;
    return (await putSourceState(deps, name, state, stored)) ? undefined : CONFLICT;
  });
}
