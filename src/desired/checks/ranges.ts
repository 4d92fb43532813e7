/** The session names of a pool: `prefix` and a number from `from` to `to`, both included. */
export interface Range {
  readonly pool: string;
  /** Pointer of the pool. */
  readonly path: string;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

export interface Overlap {
  readonly one: Range;
  /** The one written later. */
  readonly other: Range;
  /** A session name both have. */
  readonly name: string;
}

/**
 * Ranges that share a name, also across prefixes (`a-` and 11, `a-1` and 1): at least one overlap for each range
 * that has any. Names of one stem and one length are sorted as text, so it takes n log n.
 */
export function overlaps(ranges: readonly Range[]): Overlap[] {
  const found = new Map<string, Overlap>();
  for (const stretches of byStem(ranges).values()) {
    stretches.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    let widest: Stretch | null = null;
    for (const next of stretches) {
      if (widest !== null && next.first <= widest.last) {
        const pair = inOrder(ranges, widest.range, next.range);
        found.set(`${pair.one.path} ${pair.other.path}`, { ...pair, name: next.first });
      }
      if (widest === null || next.last > widest.last) widest = next;
    }
  }
  return [...found.values()];
}

/** Finds the range that has a session name, or null. */
export function rangeWithName(ranges: readonly Range[]): (name: string) => Range | null {
  const byPrefix = Map.groupBy(ranges, (range) => range.prefix);
  return (name) => {
    const digits = /\d{1,9}$/.exec(name)?.[0].length ?? 0;
    for (let length = 1; length <= digits; length += 1) {
      const suffix = name.slice(-length);
      if (length > 1 && suffix.startsWith('0')) continue;
      const index = Number(suffix);
      const range = byPrefix
        .get(name.slice(0, -length))
        ?.find(({ from, to }) => from <= index && index <= to);
      if (range !== undefined) return range;
    }
    return null;
  };
}

/** Names of one length that follow each other as text as their numbers do. */
interface Stretch {
  readonly range: Range;
  readonly first: string;
  readonly last: string;
}

function byStem(ranges: readonly Range[]): Map<string, Stretch[]> {
  const stems = new Map<string, Stretch[]>();
  for (const range of ranges) {
    const stem = range.prefix.replace(/\d+$/, '');
    for (const stretch of stretchesOf(range)) {
      const key = `${String(stretch.first.length)} ${stem}`;
      const same = stems.get(key);
      if (same === undefined) stems.set(key, [stretch]);
      else same.push(stretch);
    }
  }
  return stems;
}

function stretchesOf(range: Range): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = range.from; from <= range.to; ) {
    const to = Math.min(range.to, 10 ** String(from).length - 1);
    stretches.push({ range, first: range.prefix + String(from), last: range.prefix + String(to) });
    from = to + 1;
  }
  return stretches;
}

function inOrder(ranges: readonly Range[], a: Range, b: Range): { one: Range; other: Range } {
  return ranges.indexOf(a) <= ranges.indexOf(b) ? { one: a, other: b } : { one: b, other: a };
}
