import type { PlanInput } from '../model/plan-input.ts';
import { pointerStep } from '../model/source.ts';
import type { Hold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import type { MassHold } from './mass-removal.ts';
import type { Removal } from './removal.ts';
import { removals } from './removal.ts';
import { inheritedHold, typingHold } from './session-holds.ts';
import { type Proposal, type SessionAction, words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';
import type { TaskNeeds } from './task-needs.ts';

/** What ends the sessions that have no place in the fleet as declared. */
export function stops(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  mass: MassHold,
  tasks: TaskNeeds,
): readonly Proposal[] {
  return removals(
    { pools: input.desired.pools, prune: input.desired.reconcile.prune },
    seen,
    input.observed.at,
    tasks,
  ).flatMap((removal) => {
    const { sighting } = removal;
    const { session, life } = sighting;
    // One we cannot name safely has no action to withhold; session-diagnostics tells of it.
    if (life.type === 'unknown') return [];
    const target = `session/${session.name}`;
    const spent = tasks.spent.get(session.name) ?? null;
    const disrupts = life.type !== 'ended' && spent === null;
    const action: SessionAction = {
      ...words(input.desired, target, removal.reason, removal.because, sourceOfRemoval(removal), disrupts),
      type: 'session.stop',
      effect: { type: 'session.stop', session: life.owned, ended: !disrupts, frees: spent },
    };
    const busy: Hold = {
      reason: 'busy',
      because: 'it works on a task; it goes once it is free',
      until: null,
    };
    const hold = firstHold(
      life.type === 'task' && spent === null ? busy : null,
      suspended(input, [target, ...(removal.pool === null ? [] : [`pool/${removal.pool}`])]),
      inheritedHold(input),
      typingHold(input, session.typedAt),
      mass(session.name),
      backingOff(input, target),
    );
    return [{ action, hold }];
  });
}

function sourceOfRemoval(removal: Removal): string {
  return removal.pool === null ? '/pools' : `/pools/${pointerStep(removal.pool)}/min`;
}
