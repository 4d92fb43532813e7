import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import type { Phase, WithheldReason } from '../model/words.ts';
import { usableAccounts } from './usable.ts';

/** Held back only until the next cycle or for a while: on the way, not stuck. */
const PASSING: readonly WithheldReason[] = [
  'max-actions',
  'max-disruptions',
  'attached',
  'backing-off',
  'busy',
  'account-not-active',
  'already-running',
  'in-use',
  'swap-cooldown',
  'mid-turn',
  'parked',
  'first-one-watched',
  'spread-out',
];

/** The one word for how the fleet is: hands off, nothing to work under, something wrong, on the way, or done. */
export function phaseOf(input: PlanInput, plan: Plan): Phase {
  const { suspensions, observed, desired } = input;
  const all = suspensions.ok ? suspensions.value['*'] : undefined;
  if (all !== undefined && (all.until === null || all.until > observed.at)) return 'Suspended';
  const specs = Object.values(desired.activeAccounts).filter(({ prefer }) => prefer.length > 0);
  if (specs.length > 0 && specs.every((spec) => usableAccounts(input, spec).length === 0)) return 'Blocked';
  if (plan.diagnostics.some(({ severity }) => severity === 'error')) return 'Degraded';
  if (plan.withheld.some(({ reason }) => reason !== 'suspended' && !PASSING.includes(reason)))
    return 'Degraded';
  if (plan.actions.length > 0 || plan.withheld.some(({ reason }) => PASSING.includes(reason))) {
    return 'Converging';
  }
  return plan.withheld.length > 0 ? 'Suspended' : 'Converged';
}

/** The phase where the file in force is not the file as written: a bad edit is something wrong, too. */
export function phaseWith(phase: Phase, problems: readonly unknown[]): Phase {
  return problems.length > 0 && (phase === 'Converged' || phase === 'Converging') ? 'Degraded' : phase;
}
