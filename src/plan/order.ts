/**
 * A total order of names that reads naturally: runs of digits compare as numbers, everything else by code unit.
 * `auto-2` before `auto-11`; equal only for equal strings.
 */
export function naturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = compareRuns(left[i] ?? '', right[i] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length || byCodeUnit(a, b);
}

function compareRuns(a: string, b: string): number {
  const bothNumbers = /^\d/.test(a) && /^\d/.test(b);
  return (bothNumbers ? Number(a) - Number(b) : 0) || byCodeUnit(a, b);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Entries of a map keyed by identity, in natural order of the keys. */
export function entriesOf<T>(map: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(map).toSorted(([a], [b]) => naturally(a, b));
}
