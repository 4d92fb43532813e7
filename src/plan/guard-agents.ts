import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import type { ObservedRun } from '../model/run.ts';
import { broken } from './guard-broken.ts';
import { isOver } from './guard-sessions.ts';

/** Only an agent of ours is signalled, when its task is over, or its conversation is to go on anew. */
export function stopsOnlyOurAgents(action: ActionOf<'agent.stop'>, input: PlanInput): readonly string[] {
  const { attempt, launchDir, pid, start, signal } = action.effect;
  const run = input.observed.runs[attempt];
  const { tmux, at } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const isMine = ({ name, stamp, contradictedBy }: (typeof sessions)[number]) =>
    stamp?.owner === input.desired.name &&
    stamp.kind === 'pool' &&
    contradictedBy === null &&
    !(name in input.desired.dedicated);
  const others = sessions.filter((each) => !isMine(each));
  const since = run?.endingSince ?? null;
  return broken(`agent.stop of ${attempt} (pid ${String(pid)})`, [
    [tmux.ok, 'the server was not read'],
    [run?.agent?.pid === pid && run.agent.start === start, 'it is not the process of its agent'],
    [run?.agent?.alive === true && pid > 1, 'it has ended'],
    [run !== undefined && mayEnd(run, input), 'its task goes on'],
    [isLaunchOf(launchDir, attempt, input), 'its run folder is another one'],
    [others.every(({ stamp }) => stamp?.work?.attempt !== attempt), 'a session that is not ours carries it'],
    [
      others.every(({ panes }) => !Object.values(panes).some((pane) => pane.pid === pid)),
      'it is the process of a session that is not ours',
    ],
    // A clock that was put back must not keep it for longer than it ever should.
    [
      signal === 'SIGTERM' || (since !== null && (since > at || since + 10_000 <= at)),
      'it was not asked to end in good order',
    ],
  ]);
}

/** Whether a folder is that of one of the starts of an attempt. */
export function isLaunchOf(launchDir: string, attempt: string, { runsDir }: PlanInput): boolean {
  const folder = `${runsDir}/${attempt}/`;
  return launchDir.startsWith(folder) && /^[1-9]\d*$/.test(launchDir.slice(folder.length));
}

/** The task is over, or its agent has stopped in the middle of it. */
function mayEnd(run: ObservedRun, input: PlanInput): boolean {
  if (run.claim === null) return isOver(run, input);
  const { facts, word } = run;
  const record = run.record.ok ? run.record.value : null;
  const failed =
    facts.transcript?.turn === 'failed' ||
    facts.hooks.some(({ event }) => event === 'turn-failed') ||
    facts.screen?.verdict.state === 'error';
  const late = record?.timeoutMs != null && record.startedAt + record.timeoutMs <= input.observed.at;
  const parked = record?.parkedUntil != null;
  // Its launcher has ended, and it lives on where nobody can reach it.
  const orphaned = isCarriedByTheDead(run.claim.attempt, input);
  return word !== null || failed || late || parked || orphaned || record?.end != null;
}

/** Whether a session carries the attempt in which nothing can take what was to be started any more. */
export function isCarriedByTheDead(attempt: string, input: PlanInput): boolean {
  const { tmux } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  return sessions.some(
    ({ stamp, panes }) =>
      stamp?.work?.attempt === attempt &&
      stamp.work.phase !== null &&
      Object.values(panes).every(({ dead, pid }) => dead || pid !== stamp.pid),
  );
}
