import type { WorkPhase } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { ending } from './ending.ts';
import { backingOff, firstHold } from './holds.ts';
import { handsOff } from './run-parts.ts';
import { hasJustStarted, neverStarted, type Run } from './runs.ts';
import { folderHold, inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import { poolPlaces } from './sight.ts';
import type { TaskProposal } from './task-proposal.ts';
import { unclaim } from './unclaim.ts';

/** Its task has left `claimed/`: the agent is ended, then its session is free again. */
export function afterTask(input: PlanInput, run: Run): TaskProposal | null {
  const { carrier } = run;
  const reserved = phaseOf(run) === null && !leftTraces(run);
  // Reserved for a start that never came, the first or a later one.
  if (reserved || neverStarted(run.run, carrier)) return carrier === null ? null : unclaim(input, run, null);
  // That no claim was seen says something only where its inbox could be read.
  if (run.record === null) return null;
  if (input.observed.inboxes[run.record.inbox]?.ok !== true) {
    // Of an inbox that is not declared any more nothing is known but what is dead: its session is free again.
    const undeclared = !Object.hasOwn(input.desired.inboxes, run.record.inbox);
    return undeclared && run.run.agent?.alive !== true && carrier?.ended === true ? freed(input, run) : null;
  }
  if (run.run.agent?.alive === true) {
    const isYoung = phaseOf(run) === null && hasJustStarted(input, run.run, run.record);
    return isYoung ? null : ending(input, run, 'task-over', 'its task is over');
  }
  return carrier?.ended === true && !goesWhole(input, run) ? freed(input, run) : null;
}

/** Null: its session is reserved for it, as far as it shows; undefined: no session carries it. */
function phaseOf({ carrier }: Run): WorkPhase | null | undefined {
  return carrier?.session.stamp?.work?.phase;
}

/** Whether its one start left traces: then it is no reservation, whatever somebody made of the session's marks. */
function leftTraces({ run, record }: Run): boolean {
  if ((record?.launches ?? 1) > 1) return false;
  return run.spec === 'taken' || run.agent !== null || run.exit !== null;
}

/** Whether its session, whose task is over and whose agent has ended, has no place any more and is to be stopped as it is. */
export function goesWhole(input: PlanInput, { run, record, carrier }: Run): boolean {
  if (run.claim !== null || run.agent?.alive === true || carrier?.owned == null || !carrier.ended)
    return false;
  if (record === null || input.observed.inboxes[record.inbox]?.ok !== true) return false;
  if (carrier.session.stamp?.work?.phase == null) return false;
  return input.desired.reconcile.prune === 'owned' && poolPlaces(input.desired.pools)(carrier.name) === null;
}

function freed(input: PlanInput, run: Run): TaskProposal | null {
  const { carrier } = run;
  if (carrier?.owned == null) return null;
  const place = poolPlaces(input.desired.pools)(carrier.name);
  const cwd = place?.spec.cwd ?? run.record?.cwd ?? '/';
  const target = `session/${carrier.name}`;
  const action: ActionOf<'session.recreate'> = {
    ...words(input.desired, target, 'task-over', 'its task is over and its agent has ended', '/pools', false),
    type: 'session.recreate',
    effect: {
      type: 'session.recreate',
      session: carrier.owned,
      pool: place?.pool ?? run.record?.pool ?? 'none',
      cwd,
      frees: run.attempt,
      at: input.observed.at,
    },
  };
  const hold = firstHold(
    handsOff(input, run),
    inheritedHold(input),
    typingHold(input, carrier.session.typedAt),
    place === null ? null : folderHold(input, cwd),
    backingOff(input, target),
  );
  return { at: 'work', action, hold, from: 'spent', to: 'free' };
}
