import type { DesiredState } from './desired.ts';
import type { Memory, Suspensions } from './memory.ts';
import type { Observed } from './observed.ts';
import type { Reading } from './reading.ts';

/** Everything a plan rests on. The same input gives the same plan, byte for byte. */
export interface PlanInput {
  readonly desired: DesiredState;
  readonly observed: Observed;
  readonly memory: Memory;
  readonly suspensions: Reading<Suspensions>;
  /** Account name -> epoch milliseconds until which it is exhausted, or null. */
  readonly exhaustedUntil: Reading<Readonly<Record<string, number | null>>>;
  /** An operator has confirmed the mass removal this plan may contain. */
  readonly massRemovalConfirmed: boolean;
}
