import type { Site } from "../core/site.ts";
import { readSourceState, type SourceState } from "../repository/sources.ts";
import type { Stores } from "../store/stores.ts";

/** How a source is doing, for the operator. */
export type SourceStatus = {
  name: string;
  kind: string;
  url: string;
  /** When it answered last (RFC 3339); undefined before the first time. */
  heard?: string;
  /** When it is asked again. */
  next?: string;
  /** Polls in a row that failed, and for what. */
  failures: number;
  fault?: string;
  /** Between these times articles may have come and gone unseen. */
  gap?: SourceState["gap"];
  /** Articles that the source calls gone and that wait for an operator. */
  held: number;
  /** Articles that it has called gone once. */
  suspects: number;
  refused: { where: string; detail: string }[];
};

export async function sourcesStatus(deps: {
  site: Pick<Site, "sources">;
  stores: Pick<Stores, "newsroom">;
}): Promise<SourceStatus[]> {
  return Promise.all(
    deps.site.sources.map(async ({ name, kind, url }) => {
      const state = (await readSourceState(deps, name))?.value;
      const { heard, next, fault, gap } = state ?? {};
      return {
        ...{ name, kind, url },
        ...(heard === undefined ? {} : { heard }),
        ...(next === undefined ? {} : { next }),
        ...(fault === undefined ? {} : { fault }),
        ...(gap === undefined ? {} : { gap }),
        failures: state?.failures ?? 0,
        held: state?.held?.keys.length ?? 0,
        suspects: Object.keys(state?.suspects ?? {}).length,
        refused: (state?.refused ?? []).map(({ where, detail }) => ({ where, detail })),
      };
    }),
  );
}
