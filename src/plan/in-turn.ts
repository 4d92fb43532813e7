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
  const first = firstInTurn(runs, proposals);
  return proposals.map((proposal): TaskProposal => {
    const turn = turnAsked(proposal);
    if (turn === null) return proposal;
    const { account, attempt } = turn;
    return { ...proposal, hold: turnHold(input, runs, account, first.get(account) !== attempt) };
  });
}

/** Account -> the attempt that has waited longest to go on under it: in any other order some would never come to it. */
function firstInTurn(runs: readonly Run[], proposals: readonly TaskProposal[]): ReadonlyMap<string, string> {
  const since = new Map(runs.map(({ attempt, record }) => [attempt, record?.launchedAt ?? 0]));
  const waiting = proposals
    .flatMap((proposal) => turnAsked(proposal) ?? [])
    .toSorted((a, b) => (since.get(a.attempt) ?? 0) - (since.get(b.attempt) ?? 0));
  return new Map(waiting.toReversed().map(({ account, attempt }) => [account, attempt]));
}

/** Which conversation would go on now, and under which account; null: it is none that has to wait for its turn. */
function turnAsked({
  action,
  hold,
}: TaskProposal): { readonly account: string; readonly attempt: string } | null {
  if (action.type !== 'session.relaunch' || hold !== null || action.reason !== 'goes-on') return null;
  const { record, attempt } = action.effect;
  return { account: record.account ?? record.agent, attempt };
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
