import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { statusOf } from '../../src/plan/status.ts';
import { arbInput } from '../support/arbitrary.ts';

describe('planning', () => {
  it('6: changes nothing of what it was given', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const before = JSON.stringify(given);
        // Writing to something frozen throws.
        const made = plan(frozen(given));
        statusOf(given, made);
        expect(JSON.stringify(given)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});

function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
