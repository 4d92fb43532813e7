import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { recordFile } from '../model/queue.ts';
import type { Claim } from '../model/task.ts';
import { backingOff, firstHold } from './holds.ts';
import { besides, foldersOf, handsOff, sourceOfRun } from './run-parts.ts';
import type { Run } from './runs.ts';
import { inheritedHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { TaskProposal } from './task-proposal.ts';

/** A dispatch that started no agent is taken back: its session is free again, its task in its inbox. */
export function unclaim(input: PlanInput, run: Run, claim: Claim | null): TaskProposal | null {
  const { carrier, record } = run;
  // A session that cannot be named safely is left as it is.
  if (carrier !== null && carrier.owned === null) return null;
  const folders = claim === null ? null : foldersOf(input, claim.inbox);
  const target = claim === null ? `session/${carrier?.name ?? ''}` : `task/${claim.inbox}/${claim.id}`;
  const file = record?.file ?? `${claim?.id ?? 'task'}.md`;
  const action: ActionOf<'task.unclaim'> = {
    ...words(
      input.desired,
      target,
      'never-started',
      'it was reserved, and its agent was never started',
      sourceOfRun(run),
      false,
    ),
    type: 'task.unclaim',
    effect: {
      type: 'task.unclaim',
      attempt: run.attempt,
      // What a later start was prepared with can start nothing: its session is not reserved for it any more.
      launchDir: (record?.launches ?? 1) > 1 ? null : `${run.run.runDir}/1`,
      session: carrier?.owned ?? null,
      claimed: claim === null || folders === null ? null : `${folders.claimed}/${claim.file}`,
      to: folders === null ? null : `${folders.inbox}/${file}`,
      otherwise: folders === null ? null : `${folders.inbox}/${besides(file, run.attempt)}`,
      recordPath:
        claim === null || folders === null
          ? null
          : `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
    },
  };
  const hold = firstHold(handsOff(input, run), inheritedHold(input), backingOff(input, target));
  return { at: 'tasks', action, hold, from: 'stuck', to: 'inbox' };
}
