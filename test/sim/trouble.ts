import { scheduleOf } from './schedule.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate } from './simulation.ts';

/** What many runs came to. */
export interface Many {
  readonly runs: number;
  /** Cycles while things went wrong. */
  readonly cycles: number;
  /** Cycles after the last fault. */
  readonly calm: number;
  readonly calls: number;
  /** How often each kind of event struck. */
  readonly events: Readonly<Record<string, number>>;
  /** The first seed that went wrong, told in full; null: none did. */
  readonly trouble: string | null;
}

/** Seeds from `first` on, until so many cycles are done; stops at the first that goes wrong. */
export async function simulateMany(first: number, cycles: number): Promise<Many> {
  const sum = { runs: 0, cycles: 0, calm: 0, calls: 0, events: {} as Record<string, number> };
  for (let seed = first; sum.cycles < cycles; seed += 1) {
    const outcome = await simulate(scheduleOf(seed));
    sum.runs += 1;
    sum.cycles += outcome.cycles;
    sum.calm += outcome.calm;
    sum.calls += outcome.calls;
    for (const [kind, times] of Object.entries(outcome.events))
      sum.events[kind] = (sum.events[kind] ?? 0) + times;
    if (outcome.problem !== null) return { ...sum, trouble: await told(seed, outcome) };
  }
  return { ...sum, trouble: null };
}

/** What is broken, the shortest way to it that was found, and how to go it again. */
export async function told(seed: number, outcome: Outcome): Promise<string> {
  const { outcome: least, kept } = await shrink(scheduleOf(seed), outcome);
  return [
    `seed ${String(seed)}: ${least.problem?.what ?? ''}`,
    ...(least.problem?.story ?? []),
    `again: node test/sim/replay.ts ${String(seed)} --keep ${kept.length === 0 ? 'none' : kept.join(',')}`,
  ].join('\n  ');
}
