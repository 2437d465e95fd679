import type { Cursor, Had, Story, Takedown } from "../../src/consumer/follow.ts";
import { type Dropped, isDropped } from "../../src/consumer/log.ts";

/** A story as a partner keeps it. `bytes`: none where the partner took it down. */
type Kept = Had & { bytes?: Uint8Array };

/**
 * What a partner has on its disk, as `follow` tells partners to keep it, and what it must never do: a copy that goes back, or
 * one that shows what is no longer published.
 */
export class PartnerCopy {
  cursor: Cursor | undefined;
  readonly kept = new Map<string, Kept>();
  /** By id, the order of the first version that the partner showed. */
  readonly had = new Map<string, string>();
  /** By id, the order of the newest kill that the partner was told. */
  readonly kills = new Map<string, string>();
  problem: string | undefined;

  keep({ id, order, digest, bytes, status }: Story): void {
    const before = this.kept.get(id);
    if (before !== undefined && before.order > order)
      this.problem ??= `a partner's copy of ${id} goes back from ${before.order} to ${order}`;
    if (status !== "published") this.problem ??= `a partner is given ${id} to keep, which is ${status}`;
    this.kept.set(id, { order, digest, bytes });
    if (!this.had.has(id)) this.had.set(id, order);
  }

  takeDown({ id, order }: Takedown): void {
    if ((this.kept.get(id)?.order ?? "") <= order) this.kept.set(id, { order });
  }

  /** Answers whether the partner has not known of it. */
  noteKill({ id, order }: Takedown): boolean {
    if ((this.kills.get(id) ?? "") >= order) return false;
    this.kills.set(id, order);
    return true;
  }

  drop(dropped: Dropped): void {
    for (const id of this.kept.keys()) if (isDropped(dropped, id)) this.kept.delete(id);
  }
}
