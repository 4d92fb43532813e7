import { type Finding, wrongKey, wrongValue } from '../finding.ts';
import { at, entries, text, whole, type Written } from '../tree.ts';
import { overlaps, type Range, rangeWithName } from './ranges.ts';

/** Pools whose sessions would have the same names, dedicated names in a pool's range, and `min` above `max`. */
export function poolFindings(root: Written): Finding[] {
  const pools = entries(at(root, 'pools'));
  const ranges = pools.flatMap(([pool, node]) => rangeOf(pool, node));
  return [
    ...pools.flatMap(([, node]) => minAboveMax(node)),
    ...overlaps(ranges).map(({ one, other, name }) => poolOverlap(one, other, name)),
    ...dedicatedInRange(root, ranges),
  ];
}

function rangeOf(pool: string, node: Written): Range[] {
  const prefix = text(at(node, 'prefix'));
  const start = at(node, 'startIndex');
  const from = start.value === undefined ? 0 : whole(start);
  const max = whole(at(node, 'max'));
  if (prefix === null || from === null || max === null || from < 0 || max < 1 || from + max > 1e9) return [];
  return [{ pool, path: node.path, prefix, from, to: from + max - 1 }];
}

function minAboveMax(node: Written): Finding[] {
  const min = at(node, 'min');
  const least = whole(min);
  const most = whole(at(node, 'max'));
  if (least === null || most === null || least <= most) return [];
  const message = `min ${String(least)} is more than max ${String(most)}`;
  return [wrongValue('min-above-max', min.path, message, 'raise max or lower min')];
}

function poolOverlap(one: Range, other: Range, name: string): Finding {
  const message = `pools "${one.pool}" and "${other.pool}" overlap: both have a session ${name}`;
  const help = `"${one.pool}" goes from ${one.prefix}${String(one.from)} to ${one.prefix}${String(one.to)}; move one of them`;
  return wrongKey('pool-overlap', other.path, message, help);
}

function dedicatedInRange(root: Written, ranges: readonly Range[]): Finding[] {
  const find = rangeWithName(ranges);
  return entries(at(root, 'dedicated')).flatMap(([name, node]) => {
    const range = find(name);
    if (range === null) return [];
    const message = `dedicated session "${name}" lies in the range of pool "${range.pool}"`;
    const help = `the pool has ${range.prefix}${String(range.from)} to ${range.prefix}${String(range.to)}; move or rename one`;
    return [wrongKey('dedicated-in-pool', node.path, message, help)];
  });
}
