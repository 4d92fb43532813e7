/** How many files are open or asked for at once: enough to hide a slow disk, few enough never to run out. */
const AT_ONCE = 32;

/** `work` on each item, at most 32 at a time; results in the order of the items. */
export async function boundedly<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
