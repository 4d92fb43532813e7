import type { Counted } from '../report/exposition.ts';

/** Numbers that only grow, one for each set of labels. */
export interface Counts {
  add(labels: Readonly<Record<string, string>>, by?: number): void;
  all(): readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** `start`: sets of labels that begin with 0, so that the first one counted shows as an increase. */
export function counts(start: readonly Readonly<Record<string, string>>[] = []): Counts {
  const known = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();
  const add: Counts['add'] = (labels, by = 1) => {
    const key = JSON.stringify(labels);
    const found = known.get(key);
    if (found === undefined) known.set(key, { labels, value: by });
    else found.value += by;
  };
  for (const labels of start) add(labels, 0);
  return { add, all: () => [...known.values()] };
}

/** How many took how long, one histogram for each set of labels. */
export interface Durations {
  add(labels: Readonly<Record<string, string>>, seconds: number): void;
  all(): readonly Counted[];
}

export function durations(
  bounds: readonly number[],
  start: readonly Readonly<Record<string, string>>[] = [],
): Durations {
  const known = new Map<
    string,
    { labels: Readonly<Record<string, string>>; counts: number[]; sum: number }
  >();
  const of = (labels: Readonly<Record<string, string>>) => {
    const key = JSON.stringify(labels);
    const found = known.get(key);
    if (found !== undefined) return found;
    const fresh = { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
    known.set(key, fresh);
    return fresh;
  };
  for (const labels of start) of(labels);
  return {
    add(labels, seconds) {
      const found = of(labels);
      const index = bounds.findIndex((bound) => seconds <= bound);
      const at = index === -1 ? bounds.length : index;
      found.counts[at] = (found.counts[at] ?? 0) + 1;
      found.sum += seconds;
    },
    all: () =>
      [...known.values()].map(({ labels, counts: each, sum }) => ({ labels, bounds, counts: each, sum })),
  };
}
