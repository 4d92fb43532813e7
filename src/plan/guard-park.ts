import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { broken } from './guard-broken.ts';

/** A task is parked only while it is claimed, and for a limit: its account is known to have no quota. */
export function parksOnlyForQuota(action: ActionOf<'task.park'>, input: PlanInput): readonly string[] {
  const { record } = action.effect;
  const seen = input.observed.runs[record.attempt];
  const known = seen?.record.ok === true ? seen.record.value : null;
  const { exhaustedUntil: quota, observed } = input;
  const until = quota.ok && record.account !== null ? (quota.value[record.account] ?? 0) : 0;
  return broken(`task.park of ${record.inbox}/${record.id}`, [
    [seen?.claim?.id === record.id && seen.claim.inbox === record.inbox, 'it is not claimed'],
    [
      known !== null &&
        JSON.stringify({ ...known, parkedUntil: 0 }) === JSON.stringify({ ...record, parkedUntil: 0 }),
      'its record would say something else',
    ],
    [record.parkedUntil !== null, 'it would not be parked'],
    [until > observed.at, 'its account is not known to be exhausted'],
  ]);
}
