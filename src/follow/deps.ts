import type { Outside } from "../import/kind.ts";
import type { IngestDeps } from "../ingest/ingest.ts";

/** What following sources needs: the wire, and the way to servers of others. */
export type FollowDeps = IngestDeps & { outside: Omit<Outside, "now"> };
