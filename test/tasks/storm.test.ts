import { describe, expect, it, onTestFinished } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { seeded } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { chaos } from './chaos.ts';
import { countRuns } from './count-runs.ts';
import { mortalLoops } from './mortal-loops.ts';
import { snapshot } from './places.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';
import { watchPlaces } from './watch-places.ts';

const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);
const TASKS = HEAVY ? 300 : 12;
const SESSIONS = HEAVY ? 6 : 4;
/** What the tasks do, over and over. */
const ACTS = ['done-by-verb', 'end-of-turn', 'done-by-verb', 'fail-by-verb', 'done-by-file', 'crash'];
/** Every fourth task may be tried again, so often. */
const RETRIES = 2;

describe('a storm', () => {
  it(
    `leaves each of ${String(TASKS)} tasks in one place at every moment, run at most once by itself, and ended (seed ${String(SEED)})`,
    async () => {
      const fleet = taskFleet({ min: SESSIONS, max: SESSIONS, speed: 4 });
      onTestFinished(() => fleet.cleanup());
      const ids = Array.from({ length: TASKS }, (_, i) => `t${String(i).padStart(3, '0')}`);
      for (const [i, id] of ids.entries()) fleet.put(id, taskText(id, i));
      const began = Date.now();
      const random = seeded(SEED);
      const watcher = await watchPlaces(fleet.inbox);
      const twins = watchTwins(fleet);
      const loops = mortalLoops(fleet, random);
      const blows = chaos(fleet, random, HEAVY ? 1500 : 1000);
      // As long as it takes in the heavy version; in the quick one until it was a storm.
      const enough = (): boolean =>
        !HEAVY && Date.now() - began > 15_000 && blows.count() >= 5 && loops.killed() >= 2;
      await until(() => enough() || ended(fleet).length === TASKS, HEAVY ? 1_500_000 : 90_000).catch(
        () => undefined,
      );
      await blows.end();
      const deaths = await loops.end();
      const stormEnded = Date.now();
      const leftByStorm = TASKS - ended(fleet).length;
      const calm = await fleet.loop();
      await until(
        () => ended(fleet).length === TASKS && liveAgents(fleet.home).length === 0,
        HEAVY ? 400_000 : 120_000,
      ).catch(async () => {
        const plan = await fleet.cli('plan');
        process.stdout.write(`${calm.out()}${plan.out}${plan.err}`);
      });
      calm.kill('SIGTERM');
      await calm.ended;
      const watched = await watcher.end();
      const counted = countRuns(fleet, ids, mayRun);
      const places = Object.groupBy(snapshot(fleet.inbox), ({ place }) => place);
      const figures = {
        seed: SEED,
        stormSeconds: Math.round((stormEnded - began) / 1000),
        leftByStorm,
        calmSeconds: Math.round((Date.now() - stormEnded) / 1000),
        places: Object.fromEntries(Object.entries(places).map(([place, all]) => [place, all?.length])),
        runs: counted.total,
        blows: blows.done,
        loopsKilled: loops.killed(),
        deaths,
        watched,
      };
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      expect(watched.violations).toEqual([]);
      expect(watched.moments).toBeGreaterThan(TASKS);
      expect(watched.moves).toBeGreaterThan(TASKS);
      expect(ended(fleet).length).toBe(TASKS);
      expect(places.rejected ?? []).toEqual([]);
      expect(counted.problems).toEqual([]);
      expect(twins.end()).toEqual([]);
      expect(liveAgents(fleet.home)).toEqual([]);
      // It has to be a storm, and work has to be done in it.
      expect(loops.killed()).toBeGreaterThan(3);
      expect(blows.count()).toBeGreaterThan(3);
      expect(places.done?.length ?? 0).toBeGreaterThan(TASKS / 10);
    },
    HEAVY ? 2_000_000 : 240_000,
  );
});

function taskText(id: string, i: number): string {
  const head = i % 4 === 3 ? `---\nretries: ${String(RETRIES)}\n---\n` : '';
  return `${head}mark: ${id}.\nact: ${ACTS[i % ACTS.length] ?? ''}\n`;
}

function mayRun(i: number): number {
  return i % 4 === 3 ? 1 + RETRIES : 1;
}

function ended({ inbox }: TaskFleet) {
  return snapshot(inbox).filter(({ place }) => place === 'done' || place === 'failed');
}

/** Asks again and again whether two live agents have one task. */
function watchTwins({ home }: TaskFleet): { end(): readonly string[] } {
  const found = new Set<string>();
  const timer = setInterval(() => {
    const tasks = liveAgents(home).map(({ task }) => task);
    for (const task of tasks)
      if (task !== null && tasks.indexOf(task) !== tasks.lastIndexOf(task))
        found.add(`two agents on ${task}`);
  }, 150);
  return {
    end: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}
