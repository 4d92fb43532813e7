import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HEAVY } from '../real/fleet-machine.ts';
import { until } from '../support/tmux.ts';
import { MOMENTS } from './mortal-host.ts';
import type { TaskFleet } from './task-fleet.ts';

/** The program of a loop that dies at an effect (mortal-loop.ts). */
export const LOOP = fileURLToPath(new URL('mortal-loop.ts', import.meta.url));
/** A loop lives for so many effects, or for so long, at most: the more tasks, the more it must get done to end them. */
const MOST_EFFECTS = HEAVY ? 80 : 25;
const LONGEST_LIFE_MS = HEAVY ? 15_000 : 5000;

export interface MortalLoops {
  /** How many have died so far. */
  killed(): number;
  /** Ends the last one; how many died at which effect, those killed at some moment not among them. */
  end(): Promise<Readonly<Record<string, number>>>;
}

/** One loop after the other, each of which dies at some effect, or is killed at some moment. */
export function mortalLoops(fleet: TaskFleet, random: () => number): MortalLoops {
  const log = join(fleet.home, 'effects');
  writeFileSync(log, '');
  const over = new AbortController();
  let killed = 0;
  const working = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const byEffect = random() < 0.6;
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'during';
      const fatal = 1 + Math.floor(random() * MOST_EFFECTS);
      const loop = byEffect
        ? fleet.run(process.execPath, LOOP, fleet.file, String(fatal), moment, log)
        : fleet.start('run');
      // One that is to be killed at some moment has begun to look by then.
      const begun = until(() => byEffect || loop.out() !== '' || over.signal.aborted, 30_000);
      const life = byEffect ? 20_000 : 500 + LONGEST_LIFE_MS * random();
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
