import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import type { AgentFacts } from '../model/run.ts';
import { broken } from './guard-broken.ts';

/**
 * A task is parked only while it is claimed, and for a limit that its agent showed: for as long as its account is known
 * to have no quota, or for no time at all.
 */
export function parksOnlyForQuota(action: ActionOf<'task.park'>, input: PlanInput): readonly string[] {
  const { record } = action.effect;
  const seen = input.observed.runs[record.attempt];
  const known = seen?.record.ok === true ? seen.record.value : null;
  const { exhaustedUntil: quota, observed } = input;
  const until = quota.ok && record.account !== null ? (quota.value[record.account] ?? 0) : 0;
  const atOnce = record.parkedUntil !== null && record.parkedUntil <= observed.at;
  return broken(`task.park of ${record.inbox}/${record.id}`, [
    [seen?.claim?.id === record.id && seen.claim.inbox === record.inbox, 'it is not claimed'],
    [
      known !== null &&
        JSON.stringify({ ...known, parkedUntil: 0 }) === JSON.stringify({ ...record, parkedUntil: 0 }),
      'its record would say something else',
    ],
    [record.parkedUntil !== null, 'it would not be parked'],
    [seen !== undefined && showsALimit(seen.facts), 'its agent shows no limit'],
    [record.account === null || until > observed.at || atOnce, 'its account is not known to be exhausted'],
  ]);
}

function showsALimit({ hooks, transcript, screen }: AgentFacts): boolean {
  return (
    transcript?.error === 'quota' ||
    hooks.some(({ error }) => error === 'quota') ||
    screen?.verdict.evidence === 'quota' ||
    screen?.verdict.state === 'limited'
  );
}
