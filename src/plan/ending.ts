import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { durationWords } from './duration.ts';
import { backingOff, firstHold } from './holds.ts';
import { addressOf, handsOff, sourceOfRun } from './run-parts.ts';
import type { Run } from './runs.ts';
import { typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { TaskProposal } from './task-proposal.ts';

/** How long an agent has to end by itself after SIGTERM, milliseconds. */
export const GRACE_MS = 10_000;

/** Ends an agent: SIGTERM first, SIGKILL once it has had its time. */
export function ending(
  input: PlanInput,
  run: Run,
  reason: 'task-over' | 'turn-failed' | 'quota' | 'interrupted',
  why: string,
): TaskProposal | null {
  const { agent, endingSince, runDir } = run.run;
  if (agent === null || !agent.alive || run.carrier?.ours === false) return null;
  const { at } = input.observed;
  if (endingSince !== null && endingSince + GRACE_MS > at && endingSince <= at) return null;
  const signal = endingSince === null ? 'SIGTERM' : 'SIGKILL';
  const because =
    signal === 'SIGTERM'
      ? `${why}; its agent still runs as pid ${String(agent.pid)}`
      : `${why}; pid ${String(agent.pid)} has not ended ${durationWords(at - (endingSince ?? at))} after SIGTERM`;
  const target = addressOf(run);
  const action: ActionOf<'agent.stop'> = {
    ...words(input.desired, target, reason, because, sourceOfRun(run), false),
    type: 'agent.stop',
    effect: {
      type: 'agent.stop',
      attempt: run.attempt,
      launchDir: `${runDir}/${String(run.record?.launches ?? 1)}`,
      pid: agent.pid,
      start: agent.start,
      signal,
    },
  };
  const session = run.carrier?.session;
  const hold = firstHold(
    handsOff(input, run),
    session === undefined ? null : typingHold(input, session.typedAt),
    backingOff(input, target),
  );
  return { at: 'agents', action, hold, from: 'running', to: signal === 'SIGTERM' ? 'signalled' : 'ended' };
}
