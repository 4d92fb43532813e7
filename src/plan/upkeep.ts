import type { PoolSpec } from '../model/desired.ts';
import { poolSessionName } from '../model/desired.ts';
import type { Incarnation } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { pointerStep } from '../model/source.ts';
import { restartHold } from './deaths.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { folderHold, inheritedHold, nameHold, typingHold } from './session-holds.ts';
import { type Proposal, type SessionAction, words } from './session-proposal.ts';
import type { PoolSighting, Sighting } from './sight.ts';
import { isAlive } from './sight.ts';
import { type TaskNeeds, wantedOf } from './task-needs.ts';

/** What brings one pool up to the number wanted: first what has ended is started again, then free names are used. */
export function upkeep(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  incarnation: Incarnation | null,
  pool: string,
  spec: PoolSpec,
  tasks: TaskNeeds,
): readonly Proposal[] {
  const names = Array.from({ length: spec.max }, (_, i) => poolSessionName(spec, spec.startIndex + i));
  const lives = names.filter((name) => {
    const sighting = seen[name];
    return sighting?.type === 'pool' && isAlive(sighting);
  });
  const wanted = wantedOf(tasks, pool, spec);
  const waiting = tasks.demand[pool]?.waiting ?? 0;
  const grows = lives.length >= spec.min;
  const alive = grows
    ? `${String(waiting)} task(s) wait, ${String(lives.length)} alive, up to ${String(spec.max)} by pools.${pool}.max`
    : `${String(spec.min)} wanted by pools.${pool}.min, ${String(lives.length)} alive`;
  const because: Because = { text: alive, reason: grows ? 'tasks-waiting' : 'below-min' };
  const proposals: Proposal[] = [];
  let missing = wanted - lives.length;
  for (const name of names) {
    const sighting = seen[name];
    if (missing <= 0 || sighting?.type !== 'pool' || sighting.life.type !== 'ended') continue;
    proposals.push(recreation(input, pool, spec, sighting, alive));
    missing -= 1;
  }
  for (const name of names) {
    if (missing <= 0) break;
    if (Object.hasOwn(seen, name)) continue;
    proposals.push(creation(input, incarnation, pool, spec, name, because));
    missing -= 1;
  }
  for (const name of names) {
    if (missing <= 0) break;
    const hold = nameHold(seen[name]);
    if (hold === null) continue;
    proposals.push({ ...creation(input, incarnation, pool, spec, name, because), hold });
    missing -= 1;
  }
  return proposals;
}

interface Because {
  readonly text: string;
  readonly reason: 'below-min' | 'tasks-waiting';
}

function sourceOf(pool: string, { reason }: Because): string {
  return `/pools/${pointerStep(pool)}/${reason === 'below-min' ? 'min' : 'max'}`;
}

function creation(
  input: PlanInput,
  incarnation: Incarnation | null,
  pool: string,
  spec: PoolSpec,
  name: string,
  because: Because,
): Proposal {
  const target = `session/${name}`;
  const action: SessionAction = {
    ...words(input.desired, target, because.reason, because.text, sourceOf(pool, because), false),
    type: 'session.create',
    effect: {
      type: 'session.create',
      name,
      owner: input.desired.name,
      cwd: spec.cwd,
      incarnation,
      runs: { type: 'holder', pool },
    },
  };
  const hold = firstHold(
    suspended(input, [target, `pool/${pool}`]),
    folderHold(input, spec.cwd),
    restartHold(input, name),
    backingOff(input, target),
  );
  return { action, hold };
}

function recreation(
  input: PlanInput,
  pool: string,
  spec: PoolSpec,
  sighting: PoolSighting,
  alive: string,
): Proposal {
  const { session, life } = sighting;
  if (life.type !== 'ended') throw new Error('only a session whose process ended is started again');
  const target = `session/${session.name}`;
  const action: SessionAction = {
    ...words(
      input.desired,
      target,
      'process-ended',
      `its process has ended; ${alive}`,
      `/pools/${pointerStep(pool)}/min`,
      false,
    ),
    type: 'session.recreate',
    effect: {
      type: 'session.recreate',
      session: life.owned,
      pool,
      cwd: spec.cwd,
      frees: null,
      at: input.observed.at,
    },
  };
  const hold = firstHold(
    suspended(input, [target, `pool/${pool}`]),
    inheritedHold(input),
    typingHold(input, session.typedAt),
    folderHold(input, spec.cwd),
    restartHold(input, session.name),
    backingOff(input, target),
  );
  return { action, hold };
}
