import type { PlanInput } from '../model/plan-input.ts';
import type { OwnedPoolSession } from '../model/plan.ts';
import { roomOf } from './free-session.ts';
import { goesOnIn } from './go-on.ts';
import { entriesOf } from './order.ts';
import { isPaused, type Run } from './runs.ts';
import type { Sighting } from './sight.ts';
import type { TaskProposal } from './task-proposal.ts';

/** A task that goes on, and the free session it is given, by name. */
export interface Relocation {
  readonly session: string;
  readonly proposal: TaskProposal;
}

export interface Relocations {
  readonly given: readonly Relocation[];
  /** How many more there are for which no session is free, keyed by pool: it has to grow for them as for what waits. */
  readonly waiting: Readonly<Record<string, number>>;
}

/**
 * Parked tasks whose sessions are gone, each with a free session of its pool: its conversation goes on there. They
 * come before all that waits in an inbox.
 */
export function relocations(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  runs: readonly Run[],
): Relocations {
  const homeless = runs.filter((run) => isHomeless(input, run));
  const given: Relocation[] = [];
  const waiting: Record<string, number> = {};
  for (const [pool, spec] of homeless.length === 0 ? [] : entriesOf(input.desired.pools)) {
    const mine = homeless.filter(({ record }) => record?.pool === pool);
    const { available } = mine.length === 0 ? { available: [] } : roomOf(input, seen, pool, spec);
    given.push(...mine.flatMap((run, index) => relocation(input, run, available[index])));
    waiting[pool] = Math.max(0, mine.length - available.length);
  }
  return { given, waiting };
}

function isHomeless(input: PlanInput, run: Run): boolean {
  const { record, carrier, judgement } = run;
  if (record?.fleet !== input.desired.name) return false;
  if (carrier !== null || run.run.claim === null || run.run.agent?.alive === true) return false;
  return run.run.word === null && (judgement?.next.type === 'parked' || isPaused(run));
}

function relocation(
  input: PlanInput,
  run: Run,
  session: OwnedPoolSession | undefined,
): readonly Relocation[] {
  const proposal = session === undefined ? null : goesOnIn(input, run, session, 'free');
  return proposal === null || session === undefined ? [] : [{ session: session.name, proposal }];
}
