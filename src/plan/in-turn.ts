import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import { turnOf } from './run-witnesses.ts';
import type { Run } from './runs.ts';
import type { TaskProposal } from './task-proposal.ts';

/** How long the first one that goes on is waited for. */
const WATCHED_MS = 60_000;
/** Then one after the other, so far apart. */
const APART_MS = 1_000;

/**
 * Conversations that go on under an account do so one by one: the first is watched until it is at work, the rest
 * follow, spread out (SPEC §6.9).
 */
export function inTurn(
  input: PlanInput,
  runs: readonly Run[],
  proposals: readonly TaskProposal[],
): readonly TaskProposal[] {
  const begun = new Set<string>();
  return proposals.map((proposal): TaskProposal => {
    if (proposal.at !== 'work' || proposal.action.type !== 'session.relaunch') return proposal;
    if (proposal.hold !== null || proposal.action.reason !== 'goes-on') return proposal;
    const { record } = proposal.action.effect;
    const account = record.account ?? record.agent;
    const hold = turnHold(input, runs, account, begun.has(account));
    if (hold === null) begun.add(account);
    return { ...proposal, hold };
  });
}

/** Why the next one has to wait before it goes on under `account`; `begun`: one does in this very plan. */
export function turnHold(
  input: PlanInput,
  runs: readonly Run[],
  account: string,
  begun: boolean,
): Hold | null {
  const { at } = input.observed;
  const gone = runs.filter(({ record, run }) => {
    const under = record === null ? null : (record.account ?? record.agent);
    if (record === null || under !== account || record.parkedUntil !== null || run.claim === null)
      return false;
    // One that is still to come was written under another clock, and nobody waits for it.
    return record.launches > 1 && record.launchedAt <= at;
  });
  const watched = gone.find((run) => !isAtWork(run, at) && (run.record?.launchedAt ?? 0) + WATCHED_MS > at);
  if (watched?.record != null) {
    const until = watched.record.launchedAt + WATCHED_MS;
    const because = `${watched.record.id} goes on first under ${account}, and is watched until it is at work`;
    return { reason: 'first-one-watched', because, until };
  }
  const last = Math.max(0, ...gone.map(({ record }) => record?.launchedAt ?? 0));
  if (!begun && last + APART_MS <= at) return null;
  const until = Math.max(at, last) + APART_MS;
  return { reason: 'spread-out', because: `one after the other under ${account}`, until };
}

/** It has taken its prompt since it was started again, by its own records. */
function isAtWork({ run, record, judgement }: Run, at: number): boolean {
  if (record === null || judgement === null) return false;
  const turn = turnOf(run, record.launchedAt, at);
  return (turn !== null && turn.type !== 'failed') || run.facts.registry?.status === 'working';
}
