import { lookAndPlan } from '../../src/loop/look.ts';
import { withSwaps } from '../../src/loop/swaps.ts';
import { apply } from '../../src/apply/apply.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { Action } from '../../src/model/plan.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';
import { agentStep, type Limits } from '../sim/agents.ts';
import { fleetOf, type Wishes } from '../sim/fleet.ts';
import { KIND } from '../sim/luck.ts';
import { launcherStep } from '../sim/machine/processes.ts';
import { liveHost } from '../sim/machine/live-host.ts';
import { NOON, type World } from '../sim/machine/world.ts';
import { PLACES } from '../sim/places.ts';
import { wrongWorld } from '../sim/promises.ts';
import { placeAt } from '../sim/rollcall.ts';
import { startWorld, taskText } from '../sim/scene.ts';
import type { System } from './explore.ts';
import { unfinished } from './promises.ts';
import type { Reconciler } from './script.ts';
import { type Scenario, type State, systemOf } from './system.ts';

const { homes, link, queue } = PLACES;

/** What is tried on a swap. */
export interface SwapTrial {
  /** Each with a task that the limit has stopped. */
  readonly sessions: 1 | 2;
  readonly reconcilers: number;
  readonly faults: Scenario<never, never>['faults'];
  readonly atMost: number;
  readonly coarse: boolean;
}

const WISHES: Wishes = {
  min: 1,
  max: 1,
  cooldownMs: 0,
  accounts: 2,
  select: 'sticky',
  maxDisruptions: 2,
  dedicated: false,
};

/** The account that all begin with has no quota for the next five hours. */
const LIMITS: Limits = { [homes.main]: NOON + 18_000_000 };

/**
 * The product's own look, verdict, plan and effects from the moment at which the agents of all sessions were refused:
 * parked, the link moved, each agent ended, its conversation gone on with under the other account.
 */
export async function swapTrialOf(trial: SwapTrial): Promise<System<State>> {
  const { sessions, reconcilers, faults, atMost, coarse } = trial;
  const wishes = { ...WISHES, min: sessions, max: sessions };
  const world = await refusedWorld(wishes);
  const ledger = { tasks: new Map(marksOf(world)), runs: 1 };
  return systemOf({
    world,
    reconciler: swapper(wishes),
    reconcilers,
    faults,
    atMost,
    coarse,
    attempts: 6,
    limits: LIMITS,
    live: [PLACES.runs, queue.inbox, queue.claimed, queue.attempts, PLACES.userHome],
    isOurs: (name) => name === `${PLACES.prefix}1` || name === `${PLACES.prefix}2`,
    wrong: (now) => wrongLink(now) ?? wrongWorld(now, ledger, null),
    left: (now, flawless) => unfinished(now, flawless) ?? (flawless ? notMoved(now) : null),
  });
}

function swapper(wishes: Wishes): Reconciler<Action, Memory> {
  const desired = fleetOf(wishes);
  return {
    memory: { ...NO_MEMORY, accepted: acceptable(desired) },
    runsDir: PLACES.runs,
    look: async (host, memory) => {
      const place = { ...placeAt(host, desired), stateDir: '/nowhere', cache: lookCache() };
      const look = await lookAndPlan(place, memory);
      const { actions, observedAt } = look.plan;
      const { server, quota, accepted } = withSwaps(look.memory, actions, observedAt);
      return { jobs: actions, memory: { ...NO_MEMORY, server, quota, accepted } };
    },
    act: async (host, action) => {
      const results = await apply(host, placeAt(host, desired).launches, [action]);
      return results.every(({ outcome }) => outcome === 'applied');
    },
    begins: (action) => (action.type === 'task.start' ? [action.effect.record.attempt] : []),
  };
}

/** What the product and the machine make of waiting tasks until all agents were refused. */
async function refusedWorld(wishes: Wishes): Promise<World> {
  const tasks = wishes.max;
  const start = startWorld({
    seed: 1,
    wishes,
    tasks,
    retries: 0,
    unlocked: false,
    screens: false,
    faults: [],
    rounds: [],
  });
  const live = liveHost({ ...start, unsynced: null });
  const { look, act, memory } = swapper(wishes);
  let known = memory;
  for (let cycle = 0; cycle < 3; cycle += 1) {
    const looked = await look(live.host, known);
    known = looked.memory;
    for (const job of looked.jobs) await act(live.host, job);
    for (let step = 0; step < 8; step += 1) live.world = everybodysTurn(live.world);
  }
  const refused = Object.values(live.world.processes).filter(
    (each) => each.type === 'agent' && each.does === 'refused',
  );
  if (refused.length !== tasks) throw new Error(`${String(refused.length)} agents were refused`);
  return { ...live.world, now: live.world.now + 2000 };
}

function everybodysTurn(world: World): World {
  return Object.keys(world.processes).reduce((left, text) => {
    const pid = Number(text);
    const process = left.processes[pid];
    if (process?.type === 'launcher') return launcherStep(left, pid, process, {}) ?? left;
    return process?.type === 'agent' && process.does !== 'refused'
      ? agentStep(left, pid, KIND, LIMITS)
      : left;
  }, world);
}

function marksOf({ files }: World): readonly (readonly [string, string])[] {
  return Object.values(files).flatMap((node) =>
    node.type === 'file' && node.mark.startsWith('task-') ? [[node.mark, taskText(0)] as const] : [],
  );
}

/** A reader of the active link finds a declared home behind it at any moment. */
function wrongLink({ files }: World): string | null {
  const node = files[link];
  const isHome = node?.type === 'link' && Object.values<string>(homes).includes(node.to);
  return isHome ? null : `promise 5: the active link leads to no declared home`;
}

function notMoved({ files }: World): string | null {
  const node = files[link];
  return node?.type === 'link' && node.to === homes.backup ? null : 'the account was not swapped';
}
