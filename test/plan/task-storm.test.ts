import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbPlainInput } from '../support/arbitrary.ts';
import { MINUTE } from '../support/fleet.ts';
import { KIND, type Luck } from '../support/evolve.ts';
import { Life, withoutRiddles } from '../support/life.ts';
import { often } from '../support/heavy.ts';

/** Looks at which everything may go wrong, and looks after the last fault until all must be done. */
const STORMY = 12;
const CALM = 200;

describe('the life of all tasks, whatever dies in between (SPEC §9.10)', () => {
  it('ends: what ran has ended, nothing is lost, runs twice or is left behind', () => {
    fc.assert(
      fc.property(
        arbPlainInput,
        fc.array(fc.nat(10_000), { minLength: 400, maxLength: 400 }),
        (drawn, dice) => {
          const given = { ...drawn, observed: withoutRiddles(drawn) };
          const life = new Life(given.observed);
          const luck = from(dice);
          for (let look = 0; look < STORMY; look += 1) {
            life.carryOut(given, luck(3) === 0 ? luck(6) : Infinity);
            life.passes(1_000 + luck(4) * 40_000, luck);
          }
          let quiet = 0;
          for (let look = 0; look < CALM && quiet < 3; look += 1) {
            // Longer than any cooldown and any delay before another attempt.
            life.passes(6 * MINUTE, KIND);
            quiet = life.carryOut(given, Infinity).length === 0 && life.isQuiet() ? quiet + 1 : 0;
          }
          expect(life.left(given)).toEqual({ runs: [], actions: [], stranded: [] });
        },
      ),
      { numRuns: often(60, 1000) },
    );
  });
});

/** One number after the other, again from the start where they are used up. */
function from(dice: readonly number[]): Luck {
  let at = 0;
  return (sides) => {
    at = (at + 1) % dice.length;
    return (dice[at] ?? 0) % sides;
  };
}
