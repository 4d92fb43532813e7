/** How many files are open or asked for at once: enough to hide a slow disk, few enough never to run out. */
const AT_ONCE = 32;

/** Milliseconds after which others get their turn: ten thousand small answers in a row must not hold up the loop. */
const TURN_MS = 10;

/** `work` on each item, at most 32 at a time, a pause now and then; results in the order of the items. */
export async function boundedly<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let since = performance.now();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
      if (performance.now() - since > TURN_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
