import type { PlanInput } from '../model/plan-input.ts';
import { recordFile } from '../model/queue.ts';
import type { AttemptEnd, Claim } from '../model/task.ts';
import { ending } from './ending.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { type Judgement, wordOf } from './judge.ts';
import { besides, foldersOf, sourceOfRun } from './run-parts.ts';
import type { Run } from './runs.ts';
import { words } from './session-proposal.ts';
import type { TaskProposal } from './task-proposal.ts';

/** Its task is over: done, failed, or to be tried again. */
export function finished(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  end: Pick<AttemptEnd, 'result' | 'reason' | 'detail'>,
): TaskProposal | null {
  const { result, reason, detail } = end;
  const { at } = input.observed;
  return ended(input, run, judgement, { result, reason, detail, at, lastLines: lastLines(run) });
}

/**
 * Its task leaves `claimed/`, as its end says. It goes back to its inbox only when its agent is no more: one that still
 * lives is ended first.
 */
export function ended(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  end: AttemptEnd,
): TaskProposal | null {
  const { claim } = run.run;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  if (claim === null || folders === null) return null;
  const { result, detail } = end;
  if (result === 'returned' && run.run.agent?.alive === true)
    return ending(input, run, 'interrupted', detail);
  const file = run.record?.file ?? `${claim.id}.md`;
  const target = `task/${claim.inbox}/${claim.id}`;
  const folder = result === 'returned' ? folders.inbox : folders[result];
  const places = {
    claimed: `${folders.claimed}/${claim.file}`,
    to: `${folder}/${file}`,
    otherwise: `${folder}/${besides(file, run.attempt)}`,
    record: run.record === null ? null : { ...run.record, end },
    recordPath: `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
  };
  const because = `${detail}; ${judgement.state} by ${witnessWords(judgement)}`;
  const about = words(input.desired, target, REASONS[result], because, sourceOfRun(run), false);
  const hold = firstHold(suspended(input, [target, `inbox/${claim.inbox}`]), backingOff(input, target));
  if (result === 'returned') {
    const action = { ...about, type: 'task.return', effect: { type: 'task.return', ...places } } as const;
    return { at: 'tasks', action, hold, from: 'claimed', to: 'inbox' };
  }
  const action = { ...about, type: 'task.finish', effect: { type: 'task.finish', ...places } } as const;
  return { at: 'tasks', action, hold, from: 'claimed', to: result };
}

const REASONS = { done: 'task-done', failed: 'task-failed', returned: 'interrupted' } as const;

/** Back to the inbox where the task allows another attempt, else failed. By itself it never runs twice. */
export function interrupted(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  detail: string,
): TaskProposal | null {
  const { record } = run;
  const again = record !== null && (record.retries ?? 0) >= record.number;
  const attempt = again ? `; attempt ${String(record.number)} of ${String((record.retries ?? 0) + 1)}` : '';
  return finished(input, run, judgement, {
    result: again ? 'returned' : 'failed',
    reason: 'interrupted',
    detail: `${detail}${attempt}`,
  });
}

/** Nothing tells what it was, so it can only be put aside, once nothing of it lives. */
export function withoutRecord(input: PlanInput, run: Run, claim: Claim): TaskProposal | null {
  const lives = run.run.agent?.alive === true || (run.carrier !== null && !run.carrier.ended);
  // A record that cannot be read now may be read later; one that is missing never will be.
  if (lives || !run.run.record.ok || claim === null) return null;
  const judgement: Judgement = { state: 'exited', witnesses: [], question: null, next: { type: 'go-on' } };
  const missing =
    run.record === null ? 'its record is missing' : `nothing is known of its agent ${run.record.agent}`;
  const detail = `nothing of it runs any more, and ${missing}`;
  const said = run.record === null ? null : wordOf(run.run);
  return finished(input, run, judgement, said ?? { result: 'failed', reason: 'interrupted', detail });
}

function lastLines({ run }: Run): readonly string[] {
  const { transcript, screen } = run.facts;
  const said = transcript?.lastLines ?? [];
  return said.length > 0 ? said : (screen?.lastLines ?? []);
}

function witnessWords({ witnesses }: Judgement): string {
  const first = witnesses.find(({ source }) => source !== 'process') ?? witnesses[0];
  return first === undefined ? 'no witness' : `${first.source}, which says ${first.says}`;
}
