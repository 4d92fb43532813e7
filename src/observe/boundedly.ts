/** How many files are open or asked for at once: enough to hide a slow disk, few enough never to run out. */
const AT_ONCE = 32;

/** Items and milliseconds after which others get their turn: thousands of quick answers must not hold up the loop. */
const TURN_ITEMS = 64;
const TURN_MS = 10;

/** `work` on each item, at most 32 at a time, a pause now and then; results in the order of the items. */
export async function boundedly<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const turn = turns();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
      await turn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

/** What all workers wait for between two items: nothing, or, when our turn is over, one pause for all of them. */
function turns(): () => Promise<void> | null {
  let since = performance.now();
  let items = 0;
  let pause: Promise<void> | null = null;
  return () => {
    items += 1;
    if (pause !== null || items < TURN_ITEMS || performance.now() - since < TURN_MS) return pause;
    pause = new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        items = 0;
        pause = null;
        resolve();
      });
    });
    return pause;
  };
}
