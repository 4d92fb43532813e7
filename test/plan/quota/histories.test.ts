import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbFleet, calm, type Clock, from, jumpOf, lifeOf, repaired, storm, STORMY } from './histories.ts';
import { often } from '../../support/heavy.ts';

const arbClock = fc.constantFrom<Clock>('steady', 'forth', 'both');
const RUNS = { numRuns: often(50, 600) };

describe('quota over any history (SPEC §9.4, §9.5, §9.10)', () => {
  it('swaps as promised, and never lets two agents have one conversation, whatever crashes and jumps', () => {
    let swaps = 0;
    fc.assert(
      fc.property(arbFleet, arbClock, (drawn, clock) => {
        const life = lifeOf(drawn, 'none');
        // It throws where a promise is broken.
        storm(life, life.state, from(drawn.seed), clock);
        swaps += life.swaps.length;
      }),
      RUNS,
    );
    expect(swaps).toBeGreaterThan(20);
  });

  it('loses no task to a limit: each goes on once an account has quota', () => {
    fc.assert(
      fc.property(arbFleet, fc.constantFrom<Clock>('steady', 'forth'), (drawn, clock) => {
        const life = lifeOf(drawn, 'none');
        const whole = life.state;
        storm(life, whole, from(drawn.seed), clock);
        repaired(life, whole);
        calm(life);
        expect(life.counts()).toEqual({ waiting: 0, claimed: 0, failed: 0, done: drawn.sessions + 2 });
      }),
      RUNS,
    );
  });

  it('makes nothing of all that is no limit: no verdict, no swap, nothing parked', () => {
    fc.assert(
      fc.property(arbFleet, arbClock, (drawn, clock) => {
        const life = lifeOf({ ...drawn, select: 'sticky' }, 'lies');
        const luck = from(drawn.seed);
        for (let look = 0; look < STORMY; look += 1) {
          if (luck(9) === 8) life.forgets();
          life.passes(1_000 + luck(6) * 20_000, luck, jumpOf(clock, luck));
          life.cycle(luck(3) === 2 ? luck(5) : Infinity);
          const accounts = Object.values(life.memory.quota.accounts);
          expect(accounts.filter(({ exhaustedUntil }) => exhaustedUntil !== null)).toEqual([]);
        }
        expect(life.swaps).toEqual([]);
        expect(life.done.filter((line) => line.startsWith('task.park'))).toEqual([]);
      }),
      RUNS,
    );
  });
});
