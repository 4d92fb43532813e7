import type { DesiredState, PoolSpec } from '../model/desired.ts';
import { poolIndex } from '../model/desired.ts';
import type { Reason } from '../model/words.ts';
import { entriesOf } from './order.ts';
import type { PoolSighting, Sighting } from './sight.ts';
import { poolOf } from './sight.ts';

/** A pool session of ours that has no place in the fleet as declared. */
export interface Removal {
  readonly sighting: PoolSighting;
  /** The pool it is too many in; null: no pool declares it. */
  readonly pool: string | null;
  readonly reason: Extract<Reason, 'surplus' | 'undeclared'>;
  readonly because: string;
}

type Declared = Pick<DesiredState, 'pools' | 'reconcile'>;
type Seen = Readonly<Record<string, Sighting>>;

/**
 * Every pool session of ours to stop once it may be: the undeclared ones, and what a pool has beyond its
 * number, highest index first, where free for the pool's cooldown at `now` (epoch milliseconds).
 */
export function removals(declared: Declared, seen: Seen, now: number): readonly Removal[] {
  return withoutPlace(declared, seen, (spec, { session, life }) => {
    return life.type === 'free' && session.createdAt + spec.cooldownMs <= now;
  });
}

/** All that would go in time if nothing else changed, whether it may go now or not. */
export function eventualRemovals(declared: Declared, seen: Seen): readonly Removal[] {
  return withoutPlace(declared, seen, () => true);
}

type Ready = (spec: PoolSpec, sighting: PoolSighting) => boolean;

function withoutPlace(declared: Declared, seen: Seen, ready: Ready): readonly Removal[] {
  const ours = entriesOf(seen).flatMap(([, sighting]) => (sighting.type === 'pool' ? [sighting] : []));
  const surplus = entriesOf(declared.pools).flatMap(([pool, spec]) => surplusOf(pool, spec, ours, ready));
  if (declared.reconcile.prune === 'never') return surplus;
  return [
    ...surplus,
    ...ours.filter(({ session }) => poolOf(declared.pools, session.name) === null).map(undeclared),
  ];
}

function undeclared(sighting: PoolSighting): Removal {
  const because = 'ours, and no pool of the file declares it';
  return { sighting, pool: null, reason: 'undeclared', because };
}

function surplusOf(
  pool: string,
  spec: PoolSpec,
  ours: readonly PoolSighting[],
  ready: Ready,
): readonly Removal[] {
  const inPool = ours
    .flatMap((sighting) => {
      const index = poolIndex(spec, sighting.session.name);
      return index === null ? [] : [{ sighting, index }];
    })
    .toSorted((a, b) => a.index - b.index)
    .map(({ sighting }) => sighting);
  const alive = inPool.filter(({ life }) => life.type !== 'ended');
  const ended = inPool.filter(({ life }) => life.type === 'ended');
  const because = `${String(spec.min)} wanted by pools.${pool}.min, ${String(alive.length)} alive`;
  // An ended one is started again only while its pool is short (lowest index first); the rest are remains.
  const remains = ended.slice(Math.max(0, spec.min - alive.length));
  const going = alive
    .toReversed()
    .filter((sighting) => ready(spec, sighting))
    .slice(0, Math.max(0, alive.length - spec.min));
  return [...going, ...remains].map((sighting) => ({ sighting, pool, reason: 'surplus', because }));
}
