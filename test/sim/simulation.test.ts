import { describe, expect, it } from 'vitest';
import { MUTANTS as PROTOCOL } from '../protocol/mutants.ts';
import { MUTANTS } from './mutants.ts';
import { scheduleOf } from './schedule.ts';
import { type Mutant, simulate } from './simulation.ts';
import { simulateMany } from './trouble.ts';

/**
 * The product's own loop (look, verdict, plan, effects, memory) on a machine in which a drawn half of all faults
 * strikes. What must never be so is looked for after every single call (test/sim/promises.ts), and after the last fault
 * everything must come to its end within a bound, and stay. `npm run proof -- simulator` goes much further.
 */
describe('the loop on a machine that fails', { timeout: 600_000 }, () => {
  it('keeps every promise, and comes to rest after the last fault', async () => {
    const { trouble, cycles, calls, events } = await simulateMany(1, 3000);
    const struck = Object.values(events).reduce((sum, times) => sum + times, 0);
    console.log(`${String(cycles)} cycles, ${String(calls)} calls, ${String(struck)} events`);
    expect(trouble).toBeNull();
  });

  it('goes the same way again with the same seed', async () => {
    const twice = [await simulate(scheduleOf(11)), await simulate(scheduleOf(11))];
    expect(twice[1]).toEqual(twice[0]);
    expect(twice[0]?.calls).toBeGreaterThan(100);
  });
});

/** Of wrong protocols only those that one Rollcall alone shows; test/protocol has them all. */
const SHOWN = [
  'starts without a claim',
  'never reserves, and starts on any session',
  'claims before it writes the record',
  'ends no agent',
] as const;

describe('the simulator', { timeout: 600_000 }, () => {
  const all: Readonly<Record<string, Mutant>> = {
    ...Object.fromEntries(SHOWN.map((name) => [name, PROTOCOL[name] ?? {}])),
    ...MUTANTS,
  };

  it.each(Object.entries(all))('finds out a Rollcall that %s', async (_, mutant) => {
    expect(await firstTrouble(mutant)).not.toBeNull();
  });
});

/** What the first of some seeds shows to be wrong. */
async function firstTrouble(mutant: Mutant): Promise<string | null> {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { problem } = await simulate(scheduleOf(seed), mutant);
    if (problem !== null) return problem.what;
  }
  return null;
}
