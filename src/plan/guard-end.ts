import type { PlanInput } from '../model/plan-input.ts';
import type { ObservedRun } from '../model/run.ts';
import type { AttemptRecord, TaskReason } from '../model/task.ts';
import type { Claims } from './guard-broken.ts';

/** What must have been seen for a task to end as its record says; what an earlier cycle wrote down stays. */
export function endsAs(record: AttemptRecord, run: ObservedRun, input: PlanInput): Claims {
  const { end } = record;
  const before = run.record.ok ? (run.record.value?.end ?? null) : null;
  if (end === null || before !== null) return [];
  const done = end.result === 'done';
  const said = run.word?.type ?? null;
  const ended = run.agent?.alive !== true;
  const age = input.observed.at - record.startedAt;
  const seen: Readonly<Record<TaskReason, boolean>> = {
    'agent-said-so': said === (done ? 'done' : 'failed'),
    'turn-ended': done && showsAnEnd(run),
    'at-rest': done && showsAnEnd(run),
    'agent-exited': ended,
    'agent-error': !done,
    interrupted: !done && ended,
    stalled: !done && age >= input.desired.tasks.idleTimeoutMs,
    timeout: !done && record.timeoutMs !== null && age >= record.timeoutMs,
    cancelled: !done && said === 'cancelled',
  };
  const byWord = end.reason === 'agent-said-so' || end.reason === 'cancelled';
  return [
    [end.result !== 'returned', 'it says that it went back'],
    [seen[end.reason], `nothing seen says ${end.reason}`],
    [said === null || byWord, 'somebody said something else about it'],
  ];
}

/** Some witness shows a turn that ended, or an agent at rest. */
function showsAnEnd({ facts }: ObservedRun): boolean {
  return (
    facts.hooks.some(({ event }) => event === 'turn-ended') ||
    facts.transcript?.turn === 'ended' ||
    facts.registry?.status === 'idle' ||
    facts.screen?.verdict.state === 'idle'
  );
}
