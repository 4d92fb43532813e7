import type { PlanInput } from '../model/plan-input.ts';
import { read } from '../model/reading.ts';
import { usableAccounts } from './usable.ts';
import { exhaustedUntil } from './wanted-account.ts';

/**
 * When the first account has quota again, epoch milliseconds, of those that nothing but their quota keeps from being
 * worked under; null: there is none, so a person has to do something.
 */
export function goesOnAt(input: PlanInput): number | null {
  // The same world, but for the quota.
  const rested: PlanInput = { ...input, exhaustedUntil: read({}) };
  const times = Object.values(input.desired.activeAccounts).flatMap((spec) =>
    usableAccounts(rested, spec).flatMap((account) => exhaustedUntil(input, account) ?? []),
  );
  return times.length === 0 ? null : Math.min(...times);
}
