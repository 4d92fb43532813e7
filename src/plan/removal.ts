import type { DesiredState, PoolSpec } from '../model/desired.ts';
import type { Reason } from '../model/words.ts';
import type { PoolSighting, Sighting } from './sight.ts';
import { isAlive, poolPlaces } from './sight.ts';
import { type TaskNeeds, wantedOf } from './task-needs.ts';

/** A pool session of ours that has no place in the fleet as declared. */
export interface Removal {
  readonly sighting: PoolSighting;
  /** The pool it is too many in; null: no pool declares it. */
  readonly pool: string | null;
  readonly reason: Extract<Reason, 'surplus' | 'undeclared'>;
  readonly because: string;
}

/** What of the file decides who has a place. */
export interface Declared {
  readonly pools: DesiredState['pools'];
  readonly prune: DesiredState['reconcile']['prune'];
}

type Seen = Readonly<Record<string, Sighting>>;

/**
 * Every pool session of ours to stop once it may be: the undeclared ones, and what a pool has beyond its
 * number, highest index first, where free for the pool's cooldown at `now` (epoch milliseconds).
 */
export function removals(declared: Declared, seen: Seen, now: number, tasks: TaskNeeds): readonly Removal[] {
  const rested = (spec: PoolSpec, { session, life }: PoolSighting): boolean =>
    life.type === 'free' && Math.max(session.createdAt, session.stamp?.freedAt ?? 0) + spec.cooldownMs <= now;
  const wanted = (pool: string, spec: PoolSpec): number => wantedOf(tasks, pool, spec);
  return withoutPlace(declared, seen, wanted, (spec, sighting) => {
    return rested(spec, sighting) && !tasks.taken.has(sighting.session.name);
  });
}

/** All that would go in time if nothing else changed, whether it may go now or not. */
export function eventualRemovals(declared: Declared, seen: Seen): readonly Removal[] {
  return withoutPlace(
    declared,
    seen,
    (_, spec) => spec.min,
    () => true,
  );
}

type Ready = (spec: PoolSpec, sighting: PoolSighting) => boolean;

type Wanted = (pool: string, spec: PoolSpec) => number;

function withoutPlace(declared: Declared, seen: Seen, wanted: Wanted, ready: Ready): readonly Removal[] {
  const placeOf = poolPlaces(declared.pools);
  const inPools: Record<string, Placed[]> = {};
  const elsewhere: PoolSighting[] = [];
  for (const [name, sighting] of Object.entries(seen)) {
    if (sighting.type !== 'pool') continue;
    const place = placeOf(name);
    if (place === null) elsewhere.push(sighting);
    else (inPools[place.pool] ??= []).push({ sighting, index: place.index });
  }
  const surplus = Object.entries(declared.pools).flatMap(([pool, spec]) =>
    surplusOf(pool, spec, wanted(pool, spec), inPools[pool] ?? [], ready),
  );
  return declared.prune === 'never' ? surplus : [...surplus, ...elsewhere.map(undeclared)];
}

interface Placed {
  readonly sighting: PoolSighting;
  readonly index: number;
}

function undeclared(sighting: PoolSighting): Removal {
  const because = 'ours, and no pool of the file declares it';
  return { sighting, pool: null, reason: 'undeclared', because };
}

function surplusOf(
  pool: string,
  spec: PoolSpec,
  wanted: number,
  placed: readonly Placed[],
  ready: Ready,
): readonly Removal[] {
  const upwards = placed.toSorted((a, b) => a.index - b.index).map(({ sighting }) => sighting);
  const alive = upwards.filter(isAlive);
  const ended = upwards.filter(({ life }) => life.type === 'ended');
  // Free ones first: one that is busy is never stopped to shrink.
  const downwards = alive.toReversed();
  const ranked = [
    ...downwards.filter(({ life }) => life.type === 'free'),
    ...downwards.filter(({ life }) => life.type !== 'free'),
  ];
  const going = ranked.slice(0, Math.max(0, alive.length - wanted));
  // An ended one is started again only while its pool is short (lowest index first); the rest are remains.
  const remains = ended.slice(Math.max(0, wanted - alive.length));
  const because = `${String(spec.min)} wanted by pools.${pool}.min, ${String(alive.length)} alive`;
  return [...going.filter((sighting) => ready(spec, sighting)), ...remains].map((sighting) => ({
    sighting,
    pool,
    reason: 'surplus',
    because,
  }));
}
