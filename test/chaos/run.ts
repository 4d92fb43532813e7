import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FIGURES } from '../proof/parts.ts';
import { FAULT_NAMES, FAULTS, type Fault, type FaultName } from './faults.ts';
import { STORIES, type Story } from './scene.ts';
import { type Case, counted, type Counts, tryOut, undisturbed } from './trial.ts';

/*
 * `node test/chaos/run.ts [--fault NAME] [--story NAME] [--effect K] [--every N] [--at-once N]`: every fault right
 * behind every effect of a real loop on real tmux with scripted agents, or every N-th of these cases. Prints each
 * violation with the command that tries that case again; ends with 1 where there is one.
 *
 * Small disks need mounts. So it starts itself again in a mount namespace of its own; where that is not allowed, it
 * says so and leaves the full disk out.
 */

const IN_NAMESPACE = 'ROLLCALL_CHAOS_NAMESPACE';
const SELF = fileURLToPath(import.meta.url);

const { values } = parseArgs({
  options: {
    fault: { type: 'string' },
    story: { type: 'string' },
    effect: { type: 'string' },
    every: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '6' },
  },
});

if (process.env[IN_NAMESPACE] === undefined && mayMount()) {
  const args = ['--mount', '--propagation', 'private', process.execPath, SELF, ...process.argv.slice(2)];
  const { status } = spawnSync('unshare', args, {
    stdio: 'inherit',
    env: { ...process.env, [IN_NAMESPACE]: '1' },
  });
  process.exit(status ?? 1);
}

const expected = await Promise.all(STORIES.map(async (story) => [story, await undisturbed(story)] as const));
const cases = allCases(Object.fromEntries(expected));
const counts: Readonly<Record<string, Counts>> = Object.fromEntries(
  expected.map(([story, effects]) => [story, counted(effects)]),
);
const began = performance.now();
const tried: Record<string, number> = {};
let nothing = 0;
let violations = 0;
let sameCounts = 0;
let over = 0;
await atOnce(Number(values['at-once']), cases, async (each) => {
  const result = await tryOut(each, counts[each.story] ?? null).catch((error: unknown) => ({
    at: 'an effect',
    violations: [String(error instanceof Error ? error.stack : error)],
    counts: {},
  }));
  over += 1;
  if (over % 20 === 0) process.stderr.write(`${String(over)} of ${String(cases.length)}\n`);
  if (result.at === null) {
    nothing += 1;
    return;
  }
  tried[each.fault] = (tried[each.fault] ?? 0) + 1;
  if (JSON.stringify(sorted(result.counts)) === JSON.stringify(sorted(counts[each.story] ?? {})))
    sameCounts += 1;
  if (result.violations.length === 0) return;
  violations += 1;
  const again = `node test/chaos/run.ts --story ${each.story} --fault '${each.fault}' --effect ${String(each.effect)}`;
  process.stdout.write(`VIOLATION ${again}\n  behind ${result.at}\n  ${result.violations.join('\n  ')}\n`);
});

const runs = Object.values(tried).reduce((sum, each) => sum + each, 0);
const figures = {
  runs,
  violations,
  boundaries: new Set(cases.map(({ story, effect }) => `${story} ${String(effect)}`)).size,
  faults: Object.keys(tried).length,
  'same action counts': sameCounts,
  'nothing there to hurt': nothing,
  seconds: Math.round((performance.now() - began) / 1000),
};
process.stdout.write(`${JSON.stringify(tried)}\n${FIGURES}${JSON.stringify(figures)}\n`);
const report = process.env['ROLLCALL_CHAOS_REPORT'];
if (report !== undefined) writeFileSync(report, JSON.stringify({ ...figures, tried }));
process.exitCode = violations === 0 && runs > 0 ? 0 : 1;

/** Every effect of the first story; of the others what they add to it: their first effects are the same. */
function allCases(effects: Readonly<Record<string, readonly string[]>>): readonly Case[] {
  const all = STORIES.flatMap((story) => boundaries(story, effects).map((effect) => ({ story, effect })));
  const wanted = all
    .flatMap(({ story, effect }) => FAULT_NAMES.map((fault): Case => ({ story, effect, fault })))
    .filter(({ story, fault, effect }) => {
      if (values.story !== undefined && values.story !== story) return false;
      if (values.fault !== undefined && values.fault !== fault) return false;
      if (values.effect !== undefined && Number(values.effect) !== effect) return false;
      return isPossible(fault);
    });
  return wanted.filter((_, at) => at % Number(values.every) === 0);
}

function boundaries(story: Story, effects: Readonly<Record<string, readonly string[]>>): readonly number[] {
  const [first = [], own = []] = [effects[STORIES[0]], effects[story]];
  const known = story === STORIES[0] ? 0 : own.findIndex((line) => !first.includes(line));
  return Array.from({ length: own.length + 1 - known }, (_, at) => known + at);
}

function isPossible(fault: FaultName): boolean {
  const { smallDisks }: Fault = FAULTS[fault];
  if (smallDisks !== true || process.env[IN_NAMESPACE] !== undefined) return true;
  process.stdout.write(`left out: ${fault}, for small disks cannot be mounted here\n`);
  return false;
}

function mayMount(): boolean {
  const { status } = spawnSync('unshare', [
    '--mount',
    '--propagation',
    'private',
    'mount',
    '-t',
    'tmpfs',
    'tmpfs',
    '/mnt',
  ]);
  return status === 0;
}

function sorted(all: Counts): readonly (readonly [string, number])[] {
  return Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** So many at a time: each waits more than it works. */
async function atOnce<T>(number: number, all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: number }, worker));
}
