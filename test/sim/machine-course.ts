import { agentStep, type Limits } from './agents.ts';
import type { Luck } from './luck.ts';
import { ended, launcherStep } from './machine/processes.ts';
import { act } from './machine/tmux.ts';
import type { World } from './machine/world.ts';

/** Everything that goes on by itself has a turn: launchers start agents, agents work, those told to end do so, late commands are carried out. */
export function goesOn(world: World, luck: Luck, limits: Limits): World {
  const pids = Object.keys(world.processes).map(Number);
  return pids.reduce((left, pid) => stepOf(left, pid, luck, limits), world);
}

function stepOf(world: World, pid: number, luck: Luck, limits: Limits): World {
  const process = world.processes[pid];
  if (process === undefined || luck(6) === 5) return world;
  switch (process.type) {
    case 'server':
    case 'other':
      return world;
    case 'launcher':
      if (process.hungUp && process.stage === 'new' && luck(2) === 0) return ended(world, pid, 129);
      return launcherStep(world, pid, process, {}) ?? world;
    case 'agent':
      // Now and then one takes its time, as if it did not hear the hang-up.
      if (process.hungUp) return luck(4) === 3 ? world : ended(world, pid, null);
      return agentStep(world, pid, luck, limits);
  }
}

/** A launcher takes its spec, starts its agent and says so without a pause: no time goes by meanwhile. */
export function begunFirst(world: World): World {
  return Object.entries(world.processes).reduce((left, [pid, process]) => {
    let next = left;
    for (;;) {
      const launcher = next.processes[pid];
      if (process.type !== 'launcher' || launcher?.type !== 'launcher') return next;
      if (launcher.stage !== 'taken' && launcher.stage !== 'started') return next;
      next = launcherStep(next, Number(pid), launcher, {}) ?? next;
    }
  }, world);
}

/** A command that waited in the server is carried out, or never will be. */
export function lateNow(world: World, pick: number): World {
  const at = pick % Math.max(1, world.late.length);
  const late = world.late[at];
  if (late === undefined) return world;
  const left = { ...world, late: world.late.filter((_, other) => other !== at) };
  return pick % 3 === 0 ? left : act(left, late.guard, late.commands)[0];
}
