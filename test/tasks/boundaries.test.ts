import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { rawServer } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { MOMENTS, type Moment } from './mortal-host.ts';
import { LOOP } from './mortal-loops.ts';
import { snapshot } from './places.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

/** What is in the inbox, and where it must end, however often the loop dies: nothing of it is the task's fault. */
const TASKS: Readonly<
  Record<string, { readonly text: string; readonly end: string; readonly runs: number }>
> = {
  a: { text: 'act: done-by-verb\n', end: 'done', runs: 1 },
  ...(HEAVY
    ? { 'recovers-from-500': { text: 'act: recovers-from-500\n', end: 'done', runs: 2 } as const }
    : {}),
  z: { text: '---\ncwd: /\n---\nx\n', end: 'rejected', runs: 0 },
};

const WORST: readonly (readonly [Moment, RegExp])[] = [
  ['after', /^act set-option$/],
  ['after', /^move inbox to claimed$/],
  ['during', /^act respawn-pane/],
  ['during', /^move claimed to done$/],
];

describe('a loop that dies', { timeout: HEAVY ? 3_000_000 : 240_000 }, () => {
  it('at any effect, and twice in a row, has run no task twice and ends each where an undisturbed one does', async () => {
    const effects = await undisturbed();
    // Prepare, reserve, record, claim, start, finish, free; and the rejection.
    expect(effects.join('\n')).toMatch(
      /set-option[^]*write attempts[^]*move inbox to claimed[^]*respawn-pane[^]*move claimed to done[^]*respawn-pane/,
    );
    const cases = effects.flatMap((effect, i) =>
      MOMENTS.map((moment) => ({ effect, number: i + 1, moment })),
    );
    // The quick version takes the four that leave most behind: reserved, claimed, perhaps started, perhaps finished.
    const chosen = HEAVY
      ? cases
      : WORST.flatMap(
          ([moment, effect]) =>
            cases.find((each) => each.moment === moment && effect.test(each.effect)) ?? [],
        );
    expect(chosen.length).toBeGreaterThanOrEqual(WORST.length);
    const problems: string[] = [];
    await inThrees(chosen, async ({ number, moment, effect }) => {
      const found = await oneCase(number, moment, HEAVY ? null : effect);
      if (found !== null) problems.push(`${moment} ${effect} (${String(number)}): ${found}`);
    });
    process.stdout.write(`${JSON.stringify({ effects: effects.length, cases: chosen.length })}\n`);
    expect(problems).toEqual([]);
  });
});

/** Every effect of a loop that brings up a fleet and works off its inbox, in order. */
async function undisturbed(): Promise<readonly string[]> {
  const fleet = prepared();
  const log = join(fleet.home, 'effects');
  const loop = fleet.run(process.execPath, LOOP, fleet.file, '0', 'before', log);
  await until(() => problemOf(fleet) === null, 60_000).catch(() => undefined);
  loop.kill('SIGKILL');
  await loop.ended;
  const problem = problemOf(fleet);
  if (problem !== null) throw new Error(`undisturbed: ${problem}; ${loop.err()}`);
  const effects = readFileSync(log, 'utf8').trimEnd().split('\n');
  await fleet.cleanup();
  return effects;
}

/** A loop that dies there, one that dies soon after, and one that goes on; null, or what is wrong in the end. */
async function oneCase(number: number, moment: Moment, only: string | null): Promise<string | null> {
  const fleet = prepared();
  const log = join(fleet.home, 'effects');
  // By its number in an undisturbed loop, or as the first of its name: numbers shift with the moment.
  const first = only === null ? [String(number), moment, log] : ['1', moment, log, only];
  for (const death of [first, [String(1 + (number % 3)), moment, log]]) {
    const loop = fleet.run(process.execPath, LOOP, fleet.file, ...death);
    // It may have nothing left to do, and so never die by itself.
    await Promise.race([loop.ended, until(() => problemOf(fleet) === null, 60_000).catch(() => undefined)]);
    loop.kill('SIGKILL');
    await loop.ended;
  }
  // A case in which none died shows nothing.
  const deaths = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  if (deaths.length === 0) return 'no loop died';
  const calm = fleet.start('run');
  await until(() => problemOf(fleet) === null, 60_000).catch(() => undefined);
  calm.kill('SIGTERM');
  await calm.ended;
  const problem = problemOf(fleet);
  await fleet.cleanup();
  return problem;
}

function prepared(): TaskFleet {
  const fleet = taskFleet({ min: 1, max: 1, speed: 4 });
  onTestFinished(() => fleet.cleanup());
  writeFileSync(join(fleet.home, 'effects'), '');
  for (const [id, { text }] of Object.entries(TASKS)) fleet.put(id, text);
  return fleet;
}

/** What is not as it must be in the end; null: all is. */
function problemOf(fleet: TaskFleet): string | null {
  const places = snapshot(fleet.inbox).map(({ place, name }) => `${place}/${name}`);
  const wanted = Object.entries(TASKS).map(([id, { end }]) => `${end}/${id}.md`);
  if (JSON.stringify(places.toSorted()) !== JSON.stringify(wanted.toSorted())) return places.join(' ');
  for (const [id, { runs }] of Object.entries(TASKS))
    if (fleet.runs(id) !== runs) return `${id} was begun ${String(fleet.runs(id))} times`;
  if (liveAgents(fleet.home).length > 0) return 'an agent lives';
  const stamps = (rawServer(fleet.machine)?.sessions ?? []).map(({ stamp }) => stamp);
  return stamps.some((stamp) => 'fence' in stamp) ? 'a session still carries a fence' : null;
}

/** Three at a time: each waits more than it works. */
async function inThrees<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all([worker(), worker(), worker()]);
}
