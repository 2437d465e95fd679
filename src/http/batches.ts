/**
 * The items in lists of at most `max`. A list that is not full goes out `linger` after its first item: a slow source
 * holds nothing up. `linger` is a pause of the caller's choosing.
 */
export async function* batched<T>(
  items: AsyncIterable<T>,
  max: number,
  linger: () => Promise<void>,
): AsyncIterable<T[]> {
  const iterator = items[Symbol.asyncIterator]();
  const read = () => {
    const next = iterator.next();
    // It may fail while the list before it is worked on: that list stands, and the failure is thrown after it.
    next.catch(() => undefined);
    return next;
  };
  let next = read();
  try {
    for (;;) {
      const first = await next;
      if (first.done) return;
      const batch = [first.value];
      next = read();
      const timeUp = linger().then(() => undefined);
      while (batch.length < max) {
        const more = await Promise.race([next, timeUp]).catch(() => undefined);
        if (more === undefined || more.done) break;
        batch.push(more.value);
        next = read();
      }
      yield batch;
    }
  } finally {
    await iterator.return?.();
  }
}
