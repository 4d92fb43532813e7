import fc from '../../../node_modules/fast-check/lib/fast-check.js';

/*
 * fast-check with fewer cases: a mutant that a law catches is caught by one of the first, and thousands of mutants times
 * thousands of cases take days. The others count as survivors, which errs on the safe side.
 */

const MOST_CASES = Number(process.env['ROLLCALL_MUTANTS_CASES'] ?? 40);

export default {
  ...fc,
  assert: (property: fc.IProperty<unknown>, options: fc.Parameters<unknown> = {}): void =>
    fc.assert(property, fewer(options)),
  check: (property: fc.IProperty<unknown>, options: fc.Parameters<unknown> = {}): fc.RunDetails<unknown> =>
    fc.check(property, fewer(options)),
};

function fewer(options: fc.Parameters<unknown>): fc.Parameters<unknown> {
  return {
    ...options,
    numRuns: Math.min(options.numRuns ?? 100, MOST_CASES),
    endOnFailure: true,
    seed: 20_261_123,
  };
}
