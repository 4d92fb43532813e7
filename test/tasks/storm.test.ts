import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { seeded } from '../real/world.ts';
import { transcriptsOf } from '../scripted-agent/stage.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { chaos } from './chaos.ts';
import { MOMENTS } from './mortal-host.ts';
import { snapshot } from './places.ts';
import { begunIn, type TaskFleet, taskFleet } from './task-fleet.ts';
import { watchPlaces } from './watch-places.ts';

const LOOP = fileURLToPath(new URL('mortal-loop.ts', import.meta.url));
const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);
const TASKS = HEAVY ? 300 : 20;
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
        !HEAVY && Date.now() - began > 25_000 && blows.count() >= 8 && loops.killed() >= 4;
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
      const counted = countRuns(fleet, ids);
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

/** One loop after the other, each of which dies at some effect, or is killed at some moment. */
function mortalLoops(
  fleet: TaskFleet,
  random: () => number,
): { killed(): number; end(): Promise<Readonly<Record<string, number>>> } {
  const log = join(fleet.home, 'effects');
  writeFileSync(log, '');
  const over = new AbortController();
  let killed = 0;
  const working = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const byEffect = random() < 0.6;
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'during';
      const fatal = 1 + Math.floor(random() * 25);
      const loop = byEffect
        ? fleet.run(process.execPath, LOOP, fleet.file, String(fatal), moment, log)
        : fleet.start('run');
      // One that is to be killed at some moment has begun to look by then.
      const begun = until(() => byEffect || loop.out() !== '' || over.signal.aborted, 30_000);
      const life = byEffect ? 20_000 : 500 + 5000 * random();
      const timed = begun.then(() => sleep(life, undefined, { signal: over.signal })).catch(() => undefined);
      await Promise.race([loop.ended, timed]);
      loop.kill('SIGKILL');
      const { signal, err, code } = await loop.ended;
      if (signal !== 'SIGKILL') throw new Error(`a loop ended by itself with ${String(code)}: ${err}`);
      killed += 1;
    }
  })();
  // It is waited for in the end, and must not be taken for unheard until then.
  working.catch(() => undefined);
  return {
    killed: () => killed,
    end: async () => {
      over.abort();
      await working;
      const deaths = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('!'));
      const counts = Object.groupBy(deaths, (line) => line.slice(1));
      return Object.fromEntries(Object.entries(counts).map(([effect, all]) => [effect, all?.length ?? 0]));
    },
  };
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

/** How often each task was begun, by what the agents themselves wrote down. */
function countRuns(
  fleet: TaskFleet,
  ids: readonly string[],
): { readonly total: number; readonly problems: readonly string[] } {
  const begun = begunIn(fleet.ledger());
  const marks = marksOf(fleet);
  const problems: string[] = [];
  for (const conversation of new Set(begun.map(({ session }) => session))) {
    const turns = begun.filter(({ session }) => session === conversation).length;
    if (turns > 1) problems.push(`${String(marks[conversation])} was begun ${String(turns)} times in one go`);
    if (marks[conversation] === undefined) problems.push(`${conversation} has no task`);
  }
  for (const [i, id] of ids.entries()) {
    const runs = begun.filter(({ session }) => marks[session] === id).length;
    const where = fleet.whereIs(id);
    if (runs > mayRun(i)) problems.push(`${id} was run ${String(runs)} times`);
    if (runs > fleet.records(id).length) problems.push(`${id} was run more often than recorded`);
    if (runs === 0 && where === 'done') problems.push(`${id} is done and was never run`);
  }
  return { total: begun.length, problems };
}

/** Which task each conversation is about, by the prompt in its transcript. */
function marksOf({ home }: TaskFleet): Readonly<Record<string, string>> {
  const prompts = transcriptsOf(join(home, '.claude-shared/projects'))
    .flat()
    .filter(({ type, origin }) => type === 'user' && origin !== undefined);
  return Object.fromEntries(
    prompts.map(({ sessionId, message }) => [
      String(sessionId),
      /mark: (?<id>\w+)\./.exec(JSON.stringify(message))?.groups?.['id'] ?? 'unmarked',
    ]),
  );
}
