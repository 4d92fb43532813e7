import type { System } from './explore.ts';
import type { Mutant } from './mutants.ts';
import { fleetOf, product } from './product.ts';
import { broken, unfinished } from './promises.ts';
import { PLACES, scene, TASK_TEXT, TASK_TEXT_AGAIN } from './scene.ts';
import { type Scenario, type State, systemOf } from './system.ts';

/** What is tried: how much is there, and what may go wrong. */
export interface Trial {
  readonly sessions: number;
  readonly tasks: number;
  /** How often a task may be tried again by itself. */
  readonly retries: 0 | 1;
  readonly reconcilers: number;
  readonly faults: Scenario<never, never>['faults'];
  readonly atMost: number;
  readonly coarse: boolean;
}

export const EVERY_FAULT: Trial['faults'] = {
  crash: 1,
  'tmux-late': 1,
  'tmux-silent': 1,
  'file-error': 1,
  'kill-session': 1,
  'kill-server': 1,
  'kill-agent': 1,
  'kill-launcher': 1,
  'kill-holder': 1,
  exit: 1,
};

/** The product, or a wrong version of it, on a small machine where these things may go wrong. */
export function trialOf(trial: Trial, mutant: Mutant = {}): System<State> {
  const { sessions, tasks, retries, reconcilers, faults, atMost, coarse } = trial;
  const { act = (host) => host, look = (host) => host, launcher = {} } = mutant;
  const right = product(fleetOf(sessions));
  return systemOf({
    world: scene({ sessions, tasks, text: retries === 0 ? TASK_TEXT : TASK_TEXT_AGAIN }),
    reconciler: {
      ...right,
      look: (host, memory) => right.look(look(host), memory),
      act: (host, job) => right.act(act(host), job),
    },
    reconcilers,
    faults,
    atMost,
    coarse,
    attempts: 6,
    launcher,
    live: [PLACES.runs, PLACES.queue.inbox, PLACES.queue.claimed, PLACES.queue.attempts],
    isOurs: (name) => name.startsWith(PLACES.prefix),
    wrong: (world) => broken(world, tasks, 1 + retries),
    left: unfinished,
  });
}
