import { setImmediate as turn } from "node:timers/promises";

/** Takes its items in groups, one after the other: those that came while the group before was worked on, at most `max`. */
export type Groups<Item> = {
  /** Resolves when `work` is through with the group of the item; rejects with what `work` throws. */
  add(item: Item): Promise<void>;
};

export function groups<Item>(max: number, work: (items: Item[]) => Promise<void>): Groups<Item> {
  let waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let isBusy = false;

  async function serve(): Promise<void> {
    isBusy = true;
    // A turn of the event loop first: what one step of a caller writes belongs together.
    await turn();
    while (waiting.length > 0) {
      const group = waiting.slice(0, max);
      waiting = waiting.slice(max);
      try {
        await work(group.map(({ item }) => item));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isBusy = false;
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!isBusy) void serve();
      }),
  };
}
