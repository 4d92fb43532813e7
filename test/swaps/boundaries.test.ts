import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { rawServer } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from '../tasks/agents.ts';
import { MOMENTS, type Moment } from '../tasks/mortal-host.ts';
import { fails } from './limits.ts';
import { lineProblems, watchTwins } from './one-line.ts';
import { story } from './story.ts';
import { type SwapFleet, swapFleet } from './swap-fleet.ts';

const LOOP = fileURLToPath(new URL('../tasks/mortal-loop.ts', import.meta.url));

describe('a loop that dies in the middle of a swap', { timeout: HEAVY ? 3_000_000 : 120_000 }, () => {
  it('at any effect leaves what an undisturbed one does, and never two agents on one conversation', async () => {
    const effects = await undisturbed();
    // From the start of its agent to the end of its task.
    const first = effects.findIndex((effect) => effect.includes('respawn-pane')) + 1;
    const swap = effects.slice(first, effects.indexOf('move claimed to done'));
    // The link moves, the task is parked, its agent ended, and started again.
    expect(swap.join('\n')).toMatch(/replaceLink[^]*write attempts[^]*signal SIGTERM[^]*respawn-pane/);
    const cases = swap.flatMap((effect, i) =>
      MOMENTS.map((moment) => ({ effect, number: first + i + 1, moment })),
    );
    // The quick version takes the worst moment of what makes a swap.
    const chosen = HEAVY
      ? cases
      : cases.filter(
          ({ effect, moment }) => moment === 'during' && /replaceLink|signal|respawn-pane/.test(effect),
        );
    const problems: string[] = [];
    let samples = 0;
    await inThrees(chosen, async ({ number, moment, effect }) => {
      const found = await oneCase(number, moment);
      samples += found.samples;
      problems.push(...found.problems.map((each) => `${moment} ${effect} (${String(number)}): ${each}`));
    });
    process.stdout.write(`${JSON.stringify({ effects: swap, cases: chosen.length, samples })}\n`);
    expect(problems).toEqual([]);
    expect(samples).toBeGreaterThan(chosen.length);
  });
});

/** Every effect of a loop that brings up a fleet, meets a limit and goes on, in order. */
async function undisturbed(): Promise<readonly string[]> {
  const fleet = prepared();
  try {
    const log = join(fleet.home, 'effects');
    const loop = fleet.run(process.execPath, LOOP, fleet.file, '0', 'before', log);
    await until(() => problemsOf(fleet).length === 0, 60_000).catch(() => undefined);
    loop.kill('SIGKILL');
    await loop.ended;
    expect(problemsOf(fleet)).toEqual([]);
    return readFileSync(log, 'utf8').trimEnd().split('\n');
  } finally {
    await fleet.cleanup();
  }
}

/** A loop that dies there, and one that goes on; what is wrong in the end, or was at any moment. */
async function oneCase(
  number: number,
  moment: Moment,
): Promise<{ readonly samples: number; readonly problems: readonly string[] }> {
  const fleet = prepared();
  const watch = watchTwins(fleet);
  try {
    const log = join(fleet.home, 'effects');
    const loop = fleet.run(process.execPath, LOOP, fleet.file, String(number), moment, log);
    // It may have nothing left to do, and so never die by itself.
    await Promise.race([
      loop.ended,
      until(() => problemsOf(fleet).length === 0, 20_000).catch(() => undefined),
    ]);
    loop.kill('SIGKILL');
    await loop.ended;
    fleet.start('run');
    await until(() => problemsOf(fleet).length === 0, 40_000).catch(() => undefined);
    const { samples, twins } = watch.end();
    const problems = [...problemsOf(fleet), ...twins];
    if (problems.length > 0) process.stdout.write(`${readFileSync(log, 'utf8')}${story(fleet)}\n`);
    return { samples, problems };
  } finally {
    watch.end();
    await fleet.cleanup();
  }
}

function prepared(): SwapFleet {
  const fleet = swapFleet({
    min: 1,
    max: 1,
    swapCooldown: '10m',
    rules: [fails('limit-5h', { account: 'main', afterMs: 1500 })],
  });
  writeFileSync(join(fleet.home, 'effects'), '');
  fleet.put('task', 'Do it.\n');
  return fleet;
}

/** What is not as it must be in the end. */
function problemsOf(fleet: SwapFleet): readonly string[] {
  const place = fleet.whereIs('task');
  if (place !== 'done') return [`the task is in ${String(place)}`];
  const records = fleet.records('task').map(({ number, account, errors, parkedUntil }) => ({
    number,
    account,
    errors,
    parkedUntil,
  }));
  const stamps = (rawServer(fleet.machine)?.sessions ?? []).map(({ stamp }) => stamp);
  const turns = fleet.turns('task').map(({ account, result }) => `${account} ${String(result)}`);
  const wrong = {
    record:
      JSON.stringify(records) ===
      JSON.stringify([{ number: 1, account: 'backup', errors: 0, parkedUntil: null }]),
    turns: turns.join() === 'main failed:limit-5h,backup done',
    active: fleet.active() === 'backup',
    agents: liveAgents(fleet.home).length === 0,
    // What is told can be lost with the loop, but is never told twice.
    told: fleet.told('swap.done').length <= 1,
    fence: stamps.every((stamp) => !('fence' in stamp)),
  };
  return [
    ...Object.entries(wrong).flatMap(([what, isRight]) => (isRight ? [] : [`${what} is not as it must be`])),
    ...lineProblems(fleet),
  ];
}

/** Three at a time: each waits more than it works. */
async function inThrees<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all([worker(), worker(), worker()]);
}
