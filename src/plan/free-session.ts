import { type PoolSpec, poolSessionName } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { OwnedPoolSession } from '../model/plan.ts';
import { firstHold, suspended } from './holds.ts';
import { inheritedHold, typingHold } from './session-holds.ts';
import { isAlive, type PoolSighting, type Sighting } from './sight.ts';

/** The sessions of a pool as a task sees them. */
export interface PoolRoom {
  /** Free, rested, and nobody's hand on them; lowest index first. */
  readonly available: readonly OwnedPoolSession[];
  /** Alive, and not to be had now. */
  readonly unavailable: number;
  /** When the next free one may be had, epoch milliseconds; null: not a matter of time. */
  readonly nextAt: number | null;
}

/** Which sessions of a pool a task may be given to (SPEC §5.3): never anything but a free one of ours in its range. */
export function roomOf(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  pool: string,
  spec: PoolSpec,
): PoolRoom {
  const available: OwnedPoolSession[] = [];
  const times: number[] = [];
  let unavailable = 0;
  for (let i = 0; i < spec.max; i += 1) {
    const sighting = seen[poolSessionName(spec, spec.startIndex + i)];
    if (sighting?.type !== 'pool' || !isAlive(sighting)) continue;
    const until = notBefore(input, pool, spec, sighting);
    if (sighting.life.type === 'free' && until === 'now') available.push(sighting.life.owned);
    else {
      unavailable += 1;
      if (typeof until === 'number') times.push(until);
    }
  }
  return { available, unavailable, nextAt: times.length === 0 ? null : Math.min(...times) };
}

/** `now`, a time, or null: not a matter of time. */
function notBefore(
  input: PlanInput,
  pool: string,
  spec: PoolSpec,
  { session, life }: PoolSighting,
): 'now' | number | null {
  if (life.type !== 'free') return null;
  const hold = firstHold(
    suspended(input, [`session/${session.name}`, `pool/${pool}`]),
    inheritedHold(input),
    typingHold(input, session.typedAt),
  );
  if (hold !== null) return hold.until;
  // Somebody scrolls in it.
  if (Object.values(session.panes).some(({ inMode }) => inMode)) return null;
  const freedAt = session.stamp?.freedAt ?? null;
  if (freedAt === null || freedAt + spec.cooldownMs <= input.observed.at) return 'now';
  return freedAt + spec.cooldownMs;
}
