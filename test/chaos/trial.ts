import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Running } from '../real/fleet-machine.ts';
import { rawServer } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { lineProblems, watchTwins } from '../swaps/one-line.ts';
import type { SwapFleet } from '../swaps/swap-fleet.ts';
import { liveAgents } from '../tasks/agents.ts';
import { digest, snapshot } from '../tasks/places.ts';
import { type Fault, FAULTS, type FaultName, undoLater } from './faults.ts';
import { HELD, HELD_LOOP } from './held.ts';
import { DEDICATED, ENDS, heldFolder, sceneOf, type Story, THEIRS } from './scene.ts';
import { unmountSmallDisks } from './small-disk.ts';

/** One thing that happens to a fleet right behind one effect of its loop. */
export interface Case {
  readonly story: Story;
  readonly fault: FaultName;
  /** From 1; 0: before the first. */
  readonly effect: number;
}

export interface Result {
  /** What the loop was at when it stood still; null: nothing was there to hurt, so that nothing was tried. */
  readonly at: string | null;
  /** What must not be, and is. */
  readonly violations: readonly string[];
  /** How often each effect was carried out. */
  readonly counts: Counts;
}

export type Counts = Readonly<Record<string, number>>;

/** However slow the machine is: so long a fleet may take to come to its end, milliseconds. */
const PATIENCE_MS = 150_000;

/** Brings a fleet up to that effect, hurts it, lets it go on, and looks at what has become of it. */
export async function tryOut({ story, fault: name, effect }: Case, expected: Counts | null): Promise<Result> {
  const fault: Fault = FAULTS[name];
  const fleet = sceneOf(story, fault.smallDisks);
  const before = digests(fleet, story);
  const twins = watchTwins(fleet);
  try {
    let loop = startHeld(fleet, effect, fault.powerless ?? false);
    const at = await stoodStill(fleet, loop);
    const theirs = beginTheirs(fleet);
    const go = (): void => writeFileSync(join(heldFolder(fleet), HELD.go), '');
    const struck = await fault.strike({ fleet, loop, go });
    if (struck === 'nothing') return { at: null, violations: [], counts: {} };
    go();
    await undoLater(struck);
    if (fault.endsLoop === true) loop = startHeld(fleet, -1, false);
    const problems = await comesToItsEnd(fleet, story, fault, loop);
    const counts = countsOf(fleet);
    const violations = [
      ...problems,
      ...twins.end().twins,
      ...lineProblems(fleet),
      ...(await afterwards(fleet, theirs, fault.remakes !== true)),
      ...Object.entries(digests(fleet, story)).flatMap(([id, hash]) =>
        hash === before[id] ? [] : [`the bytes of ${id} have changed`],
      ),
      ...(expected === null || fault.remakes === true ? [] : tooOften(counts, expected)),
    ];
    return { at, violations, counts };
  } finally {
    twins.end();
    if (fault.smallDisks === true) unmountSmallDisks(fleet.home);
    await fleet.cleanup();
  }
}

/** What an undisturbed loop does, in order. */
export async function undisturbed(story: Story): Promise<readonly string[]> {
  const fleet = sceneOf(story);
  try {
    const loop = startHeld(fleet, -1, false);
    const problems = await comesToItsEnd(fleet, story, {}, loop);
    if (problems.length > 0) throw new Error(`undisturbed: ${problems.join('; ')}`);
    return effectsOf(fleet);
  } finally {
    await fleet.cleanup();
  }
}

/** How often each effect of the log that others could notice was carried out. */
export function counted(effects: readonly string[]): Counts {
  const done = effects.filter((line) => WEIGHTY.test(line) && /\t(?:applied|ok|sent)$/.test(line));
  return Object.fromEntries(
    Object.entries(Object.groupBy(done, (line) => line)).map(([effect, all]) => [effect, all?.length ?? 0]),
  );
}

/** What others could notice; folders and files that a dispatch prepares are made as often as it is tried. */
const WEIGHTY = /^(?:act|new server|makeLink|replaceLink|move|write attempts|write rejected|signal)/;

function countsOf(fleet: SwapFleet): Counts {
  return counted(effectsOf(fleet));
}

function effectsOf(fleet: SwapFleet): readonly string[] {
  return readFileSync(join(heldFolder(fleet), HELD.effects), 'utf8')
    .trimEnd()
    .split('\n');
}

function startHeld(fleet: SwapFleet, effect: number, powerless: boolean): Running {
  const moment = effect === 0 ? ['1', 'before'] : [String(effect), 'after'];
  const argv = [process.execPath, HELD_LOOP, fleet.file, ...moment, heldFolder(fleet)];
  const without = ['--bounding-set', '-dac_override,-dac_read_search'];
  const [program = '', ...args] =
    powerless && process.getuid?.() === 0 ? ['setpriv', ...without, ...argv] : argv;
  return fleet.run(program, ...args);
}

/** The effect it stands still at. */
async function stoodStill(fleet: SwapFleet, loop: Running): Promise<string> {
  const held = join(heldFolder(fleet), HELD.held);
  await until(() => existsSync(held), PATIENCE_MS).catch(() => {
    throw new Error(`the loop never came to that effect: ${effectsOf(fleet).join(', ')}; ${loop.err()}`);
  });
  return readFileSync(held, 'utf8');
}

/** Somebody else's session, and how it and the operator's own look; null where there is no server yet. */
function beginTheirs(fleet: SwapFleet): Readonly<Record<string, string>> | null {
  if (fleet.machine.serverPid() === null) return null;
  fleet.machine.tmux('new-session', '-d', '-s', THEIRS, 'sleep', '4000');
  return looksOf(fleet);
}

function looksOf(fleet: SwapFleet): Readonly<Record<string, string>> {
  const sessions = rawServer(fleet.machine)?.sessions ?? [];
  return Object.fromEntries(
    sessions.filter(({ name }) => name === THEIRS || name === DEDICATED).map(({ name, all }) => [name, all]),
  );
}

/** What is still missing from its end when patience is over; nothing: all is as it must be, and stays so for a while. */
async function comesToItsEnd(
  fleet: SwapFleet,
  story: Story,
  fault: Partial<Fault>,
  loop: Running,
): Promise<readonly string[]> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end && missing(fleet, story, fault).length > 0; )
    await sleep(150);
  loop.kill('SIGTERM');
  const { code, signal, err } = await loop.ended;
  const left = missing(fleet, story, fault);
  return code === 0 ? left : [...left, `the loop ended with ${String(code ?? signal)}: ${err.slice(0, 500)}`];
}

function missing(fleet: SwapFleet, story: Story, fault: Partial<Fault>): readonly string[] {
  const places = snapshot(fleet.inbox);
  const problems: string[] = [];
  for (const [id, { end, runs }] of Object.entries(ENDS[story])) {
    const at = places.filter(({ name }) => name.split(/[.@]/)[0] === id).map(({ place }) => place);
    const place = at[0] ?? 'nowhere';
    const mayBe = fault.interrupts === true && end === 'done' ? ['done', 'failed'] : [end];
    if (at.length !== 1 || !mayBe.includes(place))
      problems.push(`${id} is in ${at.join(' and ') || 'no place'}`);
    const begun = fleet.runs(id);
    if (begun > runs || (place === 'done' && begun !== runs))
      problems.push(`${id} was begun ${String(begun)} times`);
  }
  if (problems.length > 0) return problems;
  if (liveAgents(fleet.home).length > 0) return ['an agent lives'];
  const sessions = rawServer(fleet.machine)?.sessions ?? [];
  const fenced = sessions.some(({ stamp }) => 'fence' in stamp);
  if (fenced) return ['a session still carries a fence'];
  return sessions.some(({ name }) => name === 'ccl-auto-11') ? [] : ['the pool has no session'];
}

/** When the loop has ended: nothing is left to do, and nothing of anybody else has changed. */
async function afterwards(
  fleet: SwapFleet,
  theirs: Readonly<Record<string, string>> | null,
  sameServer: boolean,
): Promise<readonly string[]> {
  const { plan } = await fleet.look();
  const now = looksOf(fleet);
  const changed = Object.entries(theirs ?? {}).filter(([name, all]) => sameServer && now[name] !== all);
  return [
    ...plan.actions.map(({ type, target }) => `still to be done: ${type} ${target}`),
    ...changed.map(([name]) => `${name} was changed`),
    ...(readFileSync(join(fleet.home, 'precious'), 'utf8') === 'theirs'
      ? []
      : ['a file of theirs was changed']),
  ];
}

/** Effects that were carried out more than once more often than without the fault (what was on the way may come twice). */
function tooOften(counts: Counts, expected: Counts): readonly string[] {
  return Object.entries(counts).flatMap(([effect, times]) =>
    times <= (expected[effect] ?? 0) + 1 ? [] : [`${effect.split('\t')[0] ?? ''} ${String(times)} times`],
  );
}

function digests(fleet: SwapFleet, story: Story): Readonly<Record<string, string | null>> {
  const places = snapshot(fleet.inbox);
  return Object.fromEntries(
    Object.keys(ENDS[story]).map((id) => {
      const at = places.find(({ name }) => name.split(/[.@]/)[0] === id);
      return [id, at === undefined ? null : digest(fleet.inbox, at)];
    }),
  );
}
