import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HostWriter } from '../../src/model/host.ts';
import type { Action } from '../../src/model/plan.ts';
import { type FleetMachine, fleetMachine, HEAVY } from './fleet-machine.ts';
import { isOurs, rawFiles, rawServer, type RawServer, type RawSession, seeded } from './world.ts';

const ROUNDS = HEAVY ? 2000 : 60;
const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);
const DEDICATED = ['ops-1', 'ccl-auto'];
const NAMES = [11, 12, 13, 14, 15].map((index) => `ccl-auto-${String(index)}`);
const MIN = 3;
const LOOK_ALIKES = [
  'ccl-auto-1',
  'ccl-auto-110',
  'ccl-auto-',
  'CCL-auto-11',
  'ccl-auto-011',
  'ccl-auto-11-x',
  'xccl-auto-11',
  'ccl-auto-16',
  'ccl',
  ...NAMES,
];
const ACCOUNTS = ['main', 'backup'];
const ENTRIES = ['projects', 'file-history'];

const FLEET_FILE = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 10m, maxActions: 100, maxDisruptions: 100% }
tmux: { socket: SOCKET }
accounts:
  main: { home: ~/.claude-main }
  backup: { home: ~/.claude-backup }
activeAccount: { link: ~/.claude, prefer: [main, backup] }
sharedState: { root: ~/.claude-shared, entries: [projects, file-history] }
dedicated:
  ops-1: { cwd: ~/work }
  ccl-auto: { cwd: ~/work }
pools:
  auto: { prefix: ccl-auto-, startIndex: 11, min: ${String(MIN)}, max: 5, cwd: ~/work, cooldown: 1s }
`;

describe('a fleet among people who break it', () => {
  it(
    `is as declared after each of ${String(ROUNDS)} rounds of damage, and nothing of anybody else has changed (seed ${String(SEED)})`,
    async () => {
      const fleet = fleetMachine(FLEET_FILE);
      onTestFinished(() => fleet.cleanup());
      for (const account of ACCOUNTS) mkdirSync(join(fleet.home, `.claude-${account}`), { mode: 0o700 });
      const random = seeded(SEED);
      for (let round = 0; round < ROUNDS; round += 1) {
        const said: string[] = [];
        try {
          const times = round === 0 ? 0 : 1 + Math.floor(random() * 3);
          for (let i = 0; i < times; i += 1) said.push(await damage(fleet, random));
          expect(await oneRound(fleet, round)).toEqual([]);
        } catch (cause) {
          throw new Error(`round ${String(round)}, seed ${String(SEED)}: ${said.join('; ')}`, { cause });
        }
      }
    },
    HEAVY ? 1_800_000 : 180_000,
  );
});

/** One convergence and all that must hold after it; gives what a second plan would do. */
async function oneRound(fleet: FleetMachine, round: number): Promise<readonly Action[]> {
  // Each round is another hour and more: what died long ago is forgotten, and no back-off is left.
  const wrap = later(round * 2 * 3_600_000);
  const before = { server: await settled(fleet), files: filesOf(fleet) };
  await fleet.converge({ wrap });
  const after = { server: rawServer(fleet.machine), files: filesOf(fleet) };
  untouched(before, after);
  declared(before, after, fleet.home);
  return (await fleet.look({ wrap })).plan.actions;
}

interface Snapshot {
  readonly server: RawServer | null;
  readonly files: Readonly<Record<string, string>>;
}

function filesOf({ home }: FleetMachine): Snapshot['files'] {
  return rawFiles(home, [join(home, '.local')]);
}

function later(ms: number): (host: HostWriter) => HostWriter {
  return (host) => ({ ...host, now: () => host.now() + ms });
}

/** Every session but our own holders', and every path, is bit by bit what it was. */
function untouched(before: Snapshot, after: Snapshot): void {
  const theirs = (before.server?.sessions ?? []).filter((session) => !isOurs(session, DEDICATED));
  const still = theirs.map(({ id }) => after.server?.sessions.find((session) => session.id === id)?.all);
  expect(still).toEqual(theirs.map(({ all }) => all));
  if (before.server !== null) {
    expect(after.server?.pid).toBe(before.server.pid);
    expect(after.server?.global).toBe(before.server.global);
  }
  expect(after.files).toMatchObject(before.files);
}

/** What the file asks for is there, wherever nobody stands in the way. */
function declared(before: Snapshot, after: Snapshot, home: string): void {
  const sessions = after.server?.sessions ?? [];
  expect(sessions.map(({ name }) => name)).toEqual(expect.arrayContaining([...DEDICATED]));
  const stamped = sessions.filter((each) => isStamped(each) && !DEDICATED.includes(each.name));
  const [inside, outside] = [true, false].map((is) =>
    stamped.filter(({ name }) => NAMES.includes(name) === is),
  );
  const alive = (inside ?? []).filter((each) => isAlive(each) && !isTampered(each));
  const lost = sessions.filter((each) => NAMES.includes(each.name) && (!isStamped(each) || isTampered(each)));
  expect(alive.length).toBeGreaterThanOrEqual(Math.min(MIN, NAMES.length - lost.length));
  // A surplus that is free is gone; one that somebody works in counts, and stays.
  const disturbed = alive.filter((each) => !isOurs(each, DEDICATED));
  expect(alive.length).toBeLessThanOrEqual(Math.max(MIN, disturbed.length));
  expect((outside ?? []).filter((each) => isOurs(each, DEDICATED))).toEqual([]);
  expect(stamped.filter((each) => isOurs(each, DEDICATED) && !isAlive(each))).toEqual([]);
  links(before, after, home);
}

function links(before: Snapshot, after: Snapshot, home: string): void {
  const pairs = ACCOUNTS.flatMap((account) =>
    ENTRIES.map((entry) => ({
      account,
      path: join(home, `.claude-${account}`, entry),
      to: join(home, '.claude-shared', entry),
    })),
  );
  for (const { path, to } of pairs) {
    const blocked = before.files[to] !== undefined && !isFolder(to);
    if (before.files[path] === undefined && !blocked) expect(linkText(path)).toBe(to);
  }
  const active = join(home, '.claude');
  const usable = ACCOUNTS.filter((account) =>
    pairs.every((pair) => pair.account !== account || (linkText(pair.path) === pair.to && isFolder(pair.to))),
  );
  if (before.files[active] === undefined) {
    expect(linkText(active)).toBe(usable[0] === undefined ? null : join(home, `.claude-${usable[0]}`));
  }
  const wanted = [active, join(home, '.claude-shared'), ...pairs.flatMap(({ path, to }) => [path, to])];
  const fresh = Object.keys(after.files).filter((path) => before.files[path] === undefined);
  expect(fresh.filter((path) => !wanted.includes(path))).toEqual([]);
}

function isStamped({ stamp }: RawSession): boolean {
  return stamp['owner'] === 'real' && stamp['kind'] === 'pool';
}

function isAlive({ panes }: RawSession): boolean {
  return panes.some(({ dead }) => !dead);
}

function isTampered({ panes }: RawSession): boolean {
  return panes.some(({ owner }) => owner !== 'real');
}

/** tmux learns of a death a moment later; what is compared must have come to rest. */
async function settled({ machine }: FleetMachine): Promise<RawServer | null> {
  let last = rawServer(machine);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    const now = rawServer(machine);
    if (JSON.stringify(now) === JSON.stringify(last)) return now;
    last = now;
  }
}

/** One thing that somebody else does; says what it was. */
async function damage(fleet: FleetMachine, random: () => number): Promise<string> {
  const toFiles = random() < 0.4 || fleet.machine.serverPid() === null;
  const kind = toFiles
    ? pick(random, FILE_DAMAGE)
    : random() < 0.05
      ? killsTheServer
      : pick(random, TMUX_DAMAGE);
  const what = await kind(fleet, random);
  return `${kind.name} ${what}`;
}

type Damage = (fleet: FleetMachine, random: () => number) => string | Promise<string>;

function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

function aSession({ machine }: FleetMachine, random: () => number): string {
  return pick(random, machine.tmux('list-sessions', '-F', '#{session_id}').split('\n'));
}

function aPane({ machine }: FleetMachine, random: () => number): { id: string; pid: number } {
  const [id = '', pid = ''] = pick(
    random,
    machine.tmux('list-panes', '-a', '-F', '#{pane_id} #{pane_pid}').split('\n'),
  ).split(' ');
  return { id, pid: Number(pid) };
}

/** What may fail, because the thing is there already or has just gone. */
function tries({ machine }: FleetMachine, ...args: readonly string[]): string {
  try {
    machine.tmux(...args);
    return args.join(' ');
  } catch {
    return `${args.join(' ')} (failed)`;
  }
}

function aName(random: () => number): string {
  return pick(random, [...LOOK_ALIKES, ...DEDICATED]);
}

const TMUX_DAMAGE: readonly Damage[] = [
  function killsASession(fleet, random) {
    return tries(fleet, 'kill-session', '-t', aSession(fleet, random));
  },
  function killsAnother(fleet, random) {
    return tries(fleet, 'kill-session', '-t', aSession(fleet, random));
  },
  function renamesASession(fleet, random) {
    return tries(fleet, 'rename-session', '-t', aSession(fleet, random), aName(random));
  },
  function respawnsAPane(fleet, random) {
    return tries(fleet, 'respawn-pane', '-k', '-t', aPane(fleet, random).id, 'sleep', '4000');
  },
  function respawnsAPaneThatEnds(fleet, random) {
    return tries(fleet, 'respawn-pane', '-k', '-t', aPane(fleet, random).id, 'sh', '-c', 'exit 3');
  },
  function killsAProcess(fleet, random) {
    const { pid, id } = aPane(fleet, random);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return `${id} (was dead)`;
    }
    return id;
  },
  function killsAnotherProcess(fleet, random) {
    const { pid, id } = aPane(fleet, random);
    try {
      process.kill(pid, pick(random, ['SIGKILL', 'SIGTERM', 'SIGHUP'] as const));
    } catch {
      return `${id} (was dead)`;
    }
    return id;
  },
  function splitsAPane(fleet, random) {
    return tries(fleet, 'split-window', '-d', '-t', aPane(fleet, random).id, 'sleep', '4001');
  },
  function opensAWindow(fleet, random) {
    return tries(
      fleet,
      'new-window',
      '-d',
      '-n',
      'theirs',
      '-t',
      `${aSession(fleet, random)}:`,
      'sleep',
      '4002',
    );
  },
  function opensASession(fleet, random) {
    return tries(fleet, 'new-session', '-d', '-s', aName(random), 'sleep', '4003');
  },
  function opensAGroupedSession(fleet, random) {
    return tries(fleet, 'new-session', '-d', '-s', aName(random), '-t', aSession(fleet, random));
  },
  function setsAnOption(fleet, random) {
    return tries(fleet, 'set-option', '-t', `${aSession(fleet, random)}:`, '@mine', String(random()));
  },
  function runsAProgramInADedicatedSession(fleet, random) {
    return tries(fleet, 'send-keys', '-t', `=${pick(random, DEDICATED)}:`, 'sleep 300', 'Enter');
  },
  function zoomsAndLaysOut(fleet, random) {
    return tries(fleet, 'select-layout', '-t', `${aSession(fleet, random)}:`, 'tiled');
  },
  function copiesTheStampOntoAPane(fleet, random) {
    return tries(
      fleet,
      'set-option',
      '-p',
      '-t',
      aPane(fleet, random).id,
      '@rollcall_owner',
      pick(random, ['real', 'evil', '']),
    );
  },
  function forgesHalfAStamp(fleet, random) {
    return tries(
      fleet,
      'set-option',
      '-t',
      `=${pick(random, LOOK_ALIKES)}:`,
      '@rollcall_owner',
      pick(random, ['real', 'other']),
    );
  },
];

function killsTheServer(fleet: FleetMachine, random: () => number): string {
  if (random() < 0.5) return tries(fleet, 'kill-server');
  const pid = fleet.machine.serverPid();
  const panes = fleet.machine.tmux('list-panes', '-a', '-F', '#{pane_pid}').split('\n').map(Number);
  if (pid !== null) process.kill(pid, 'SIGKILL');
  // Their terminal is gone; programs that ignore the hang-up would outlive it.
  for (const pane of panes) endProcess(pane);
  return 'by SIGKILL';
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

const FILE_DAMAGE: readonly Damage[] = [
  function removesALink({ home }, random) {
    return removed(aLink(home, random));
  },
  /** An operator who takes the report's advice. */
  function clearsTheWay({ home }) {
    const paths = ACCOUNTS.flatMap((account) =>
      ENTRIES.map((entry) => join(home, `.claude-${account}`, entry)),
    );
    for (const path of paths.filter(
      (each) => linkText(each) !== join(home, '.claude-shared', basename(each)),
    ))
      removed(path);
    for (const entry of ENTRIES)
      if (!isFolder(join(home, '.claude-shared', entry))) removed(join(home, '.claude-shared', entry));
    return 'everywhere';
  },
  function removesAnotherLink({ home }, random) {
    return removed(aLink(home, random));
  },
  function divertsALink({ home }, random) {
    const path = aLink(home, random);
    removed(path);
    symlinkSync(
      pick(random, ['/nowhere', home, join(home, 'work'), '../.claude-main', '.', '']) || path,
      path,
    );
    return path;
  },
  function putsAFileThere({ home }, random) {
    const path = aLink(home, random);
    removed(path);
    writeFileSync(path, `precious ${String(random())}`);
    return path;
  },
  function putsAFolderThere({ home }, random) {
    const path = aLink(home, random);
    removed(path);
    mkdirSync(path);
    writeFileSync(join(path, 'precious'), String(random()));
    return path;
  },
  function putsAFifoThere({ home }, random) {
    const path = aLink(home, random);
    removed(path);
    execFileSync('mkfifo', [path]);
    return path;
  },
  function writesThroughALink({ home }, random) {
    const path = join(aLink(home, random), `note-${String(Math.floor(random() * 1000))}`);
    try {
      writeFileSync(path, 'a transcript');
    } catch {
      return `${path} (failed)`;
    }
    return path;
  },
  function removesTheActiveLink({ home }) {
    return removed(join(home, '.claude'));
  },
  function movesTheActiveLink({ home }, random) {
    const path = join(home, '.claude');
    removed(path);
    symlinkSync(join(home, pick(random, ['.claude-main', '.claude-backup', 'work'])), path);
    return readlinkSync(path);
  },
  function removesASharedFolder({ home }, random) {
    const path = join(home, '.claude-shared', pick(random, ENTRIES));
    return removed(path);
  },
  function putsAFileForASharedFolder({ home }, random) {
    const path = join(home, '.claude-shared', pick(random, ENTRIES));
    if (!existsSync(join(home, '.claude-shared'))) return 'nothing';
    removed(path);
    if (random() < 0.7) return `${path} gone`;
    writeFileSync(path, 'a file');
    return path;
  },
  function movesAHomeAwayAndBack({ home }, random) {
    const path = join(home, `.claude-${pick(random, ACCOUNTS)}`);
    const aside = `${path}.aside`;
    if (existsSync(aside)) rmSync(aside, { recursive: true });
    renameSync(path, aside);
    renameSync(aside, path);
    return path;
  },
];

function aLink(home: string, random: () => number): string {
  return join(home, `.claude-${pick(random, ACCOUNTS)}`, pick(random, ENTRIES));
}

function removed(path: string): string {
  rmSync(path, { recursive: true, force: true });
  return path;
}

function linkText(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
