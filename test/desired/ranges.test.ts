import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overlaps, type Range, rangeWithName } from '../../src/desired/checks/ranges.ts';
import { poolIndex, poolSessionName, type PoolSpec } from '../../src/model/desired.ts';

const range = fc
  .record({
    prefix: fc.constantFrom('a-', 'a-1', 'a-10', 'a-0', 'b', 'b1', 'b12', '1', '11'),
    from: fc.oneof(fc.nat(25), fc.integer({ min: 90, max: 130 })),
    size: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ prefix, from, size }) => ({ prefix, from, to: from + size - 1 }));

const ranges = fc
  .array(range, { maxLength: 6 })
  .map((all) =>
    all.map((one, index): Range => ({ ...one, pool: `p${String(index)}`, path: `/pools/p${String(index)}` })),
  );

function poolOf({ prefix, from, to }: Range): PoolSpec {
  return { prefix, startIndex: from, max: to - from + 1, min: 0, cwd: '/', agent: 'claude', cooldownMs: 0 };
}

function names(one: Range): string[] {
  return Array.from({ length: one.to - one.from + 1 }, (_, index) =>
    poolSessionName(poolOf(one), one.from + index),
  );
}

describe('pool ranges', () => {
  test('overlap exactly where two have a session name in common', () => {
    fc.assert(
      fc.property(ranges, (all) => {
        const found = overlaps(all);
        for (const { one, other, name } of found) {
          expect(names(one)).toContain(name);
          expect(names(other)).toContain(name);
        }
        // Each range that shares a name with an earlier or later one is in some pair.
        const paired = new Set(found.flatMap(({ one, other }) => [one.pool, other.pool]));
        const sharing = all.filter((one) =>
          all.some((other) => other !== one && names(other).some((name) => names(one).includes(name))),
        );
        expect([...paired].toSorted()).toEqual(sharing.map(({ pool }) => pool).toSorted());
      }),
      { numRuns: 500 },
    );
  });

  test('hold a name exactly where the model says that it is one of theirs', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.oneof(
          range.map(({ prefix, from }) => `${prefix}${String(from)}`),
          fc.string(),
        ),
        (all, name) => {
          const found = rangeWithName(all)(name);
          const holding = all.filter((one) => poolIndex(poolOf(one), name) !== null);
          if (found === null) expect(holding).toEqual([]);
          else expect(holding).toContain(found);
        },
      ),
      { numRuns: 500 },
    );
  });
});
