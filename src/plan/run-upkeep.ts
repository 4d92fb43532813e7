import type { PlanInput } from '../model/plan-input.ts';
import { afterTask } from './after-task.ts';
import { submission } from './delivery.ts';
import { ending } from './ending.ts';
import { afterParking, goesOn, parking } from './go-on.ts';
import { timeoutOf } from './judge.ts';
import { resumes } from './run-parts.ts';
import { isPaused, neverStarted, type Run } from './runs.ts';
import { ended, finished, interrupted, withoutRecord } from './task-end.ts';
import type { TaskProposal } from './task-proposal.ts';
import { turnFailed } from './turn-failed.ts';
import { unclaim } from './unclaim.ts';

/** What is next for one attempt; null: nothing. One step at a time: the next look plans the one behind it. */
export function runUpkeep(input: PlanInput, run: Run): TaskProposal | null {
  if (isAnothersRun(input, run)) return null;
  if (run.run.claim === null) return afterTask(input, run);
  // What was said of it counts, even where its agent never started.
  if (run.run.word === null && neverStarted(run.run, run.carrier)) return unclaim(input, run, run.run.claim);
  const { judgement } = run;
  if (run.run.word === null && isPaused(run) && resumes(input, run.record)) {
    const late = run.record === null ? null : timeoutOf({ record: run.record, now: input.observed.at });
    return late === null || judgement === null ? goesOn(input, run) : finished(input, run, judgement, late);
  }
  // Without its record nothing says what it was; once nothing of it lives it has ended somehow.
  if (judgement === null) return withoutRecord(input, run, run.run.claim);
  // A crash came between the record and the move: what was decided is carried out.
  const end = run.record?.end ?? null;
  if (end !== null) return ended(input, run, judgement, end);
  const { next } = judgement;
  if (next.type === 'interrupted' && isPaused(run)) {
    // What was prepared for it may still be taken by a start that comes late, so it is not tried again by itself.
    const detail = 'it was to go on, and its agent cannot any more';
    return finished(input, run, judgement, { result: 'failed', reason: 'interrupted', detail });
  }
  switch (next.type) {
    case 'go-on':
      return submission(input, run, judgement);
    case 'finish':
      return finished(input, run, judgement, next);
    case 'interrupted':
      return interrupted(input, run, judgement, next.detail);
    case 'turn-failed':
      return turnFailed(input, run, judgement, next.at, next.detail);
    case 'orphaned':
      return ending(input, run, 'interrupted', 'its launcher is gone, and nobody can reach it');
    case 'limited':
      return parking(input, run, next.resetsAt);
    case 'parked':
      return run.run.agent?.alive === true || resumes(input, run.record)
        ? afterParking(input, run)
        : interrupted(input, run, judgement, 'it was parked, and its agent cannot go on');
  }
}

/** Two fleets with one inbox: what the other one runs is its own. */
function isAnothersRun({ desired }: PlanInput, { record }: Run): boolean {
  return record !== null && record.fleet !== desired.name;
}
