import { RUN_FILES, queueFolders } from '../../src/model/queue.ts';
import { STAMP } from '../../src/model/stamp.ts';
import { luckFrom } from './luck.ts';
import { lateNow } from './machine-course.ts';
import { ended } from './machine/processes.ts';
import { namesIn, withFile, withNode } from './machine/files.ts';
import { killServer, killSession } from './machine/tmux.ts';
import { panesOf, type World } from './machine/world.ts';
import { OPERATIONS, type Operation, SCOPES, withOption } from './operator.ts';
import { PLACES } from './places.ts';
import type { Event } from './schedule.ts';

const { queue, homes, link, shared, prefix } = PLACES;

/** What others do to the machine; the same world where there is nothing to do it to. */
export type Deed = (world: World, pick: number) => World;

/** The deeds that are nothing but a change of the machine. */
export const DEEDS = {
  'kill-server': (world) => killServer(world),
  'kill-session': (world, pick) => {
    const session = chosen(Object.values(world.tmux?.sessions ?? {}), pick);
    return session === null ? world : killSession(world, session.id);
  },
  'kill-agent': (world, pick) => killOne(world, 'agent', pick),
  'kill-launcher': (world, pick) => killOne(world, 'launcher', pick),
  'kill-holder': (world, pick) => {
    const pids = Object.values(world.tmux?.sessions ?? {})
      .filter(({ options }) => options[STAMP.owner] === PLACES.fleet)
      .flatMap(panesOf)
      .map(({ pid }) => pid);
    const pid = chosen(pids, pick);
    return pid === null ? world : ended(world, pid, 137);
  },
  'late-now': lateNow,
  'power-cut': powerCut,
  'clock-jump': (world, pick) => ({ ...world, now: world.now + (JUMPS[pick % JUMPS.length] ?? 0) }),
  operate,
  option: (world, pick) => {
    const luck = luckFrom(pick);
    const session = chosen(Object.values(world.tmux?.sessions ?? {}), luck(100));
    const scope = SCOPES[luck(SCOPES.length)] ?? 'session';
    const names = [STAMP.owner, STAMP.fence, STAMP.phase, 'remain-on-exit'];
    const name = names[luck(names.length)] ?? STAMP.owner;
    // Whoever rewrites our marks on a session of ours is believed: nothing else says what it is.
    if (scope === 'session' && session?.options[STAMP.owner] === PLACES.fleet) return world;
    const value =
      name === 'remain-on-exit' ? (luck(2) === 0 ? 'on' : 'off') : ['home', 'evil', null][luck(3)];
    return withOption(world, session?.id ?? '', scope, name, value ?? null);
  },
  squat: (world, pick) => OPERATIONS['new-session'](world, '', `${prefix}${String(pick % 4)}`),
  cancel: (world, pick) => {
    const run = chosen(namesIn(world.files, PLACES.runs) ?? [], pick);
    return run === null ? world : withFile(world, `${PLACES.runs}/${run}/${RUN_FILES.words.cancelled}`, 'no');
  },
  'break-link': breakLink,
  'move-link': (world, pick) => {
    const ways = [
      { type: 'link', to: homes.main },
      { type: 'link', to: homes.backup },
      { type: 'link', to: '/elsewhere' },
      { type: 'directory' },
      null,
    ] as const;
    return withNode(world, link, ways[pick % ways.length] ?? null);
  },
  'bad-task': badTask,
} as const satisfies Partial<Record<Event['kind'], Deed>>;

export function isDeed(kind: Event['kind']): kind is keyof typeof DEEDS {
  return Object.hasOwn(DEEDS, kind);
}

const JUMPS = [-3_600_000, -90_000, -1_000, 1_000, 45_000, 3_600_000, 86_400_000];

/** The machine is as its disk is; nothing runs any more. Each thing that was not on the disk may be there or not. */
function powerCut(world: World, pick: number): World {
  const luck = luckFrom(pick);
  const off: World = { ...world, tmux: null, processes: {}, late: [] };
  const back = Object.entries(world.unsynced ?? {}).reduce((left, [path, before]) => {
    return luck(2) === 0 ? left : withNode(left, path, before);
  }, off);
  const orphans = Object.keys(back.files).filter((path) => !isRooted(back, path));
  const files = Object.fromEntries(Object.entries(back.files).filter(([path]) => !orphans.includes(path)));
  return { ...back, files, unsynced: world.unsynced === null ? null : {}, nextPid: back.nextPid + 1000 };
}

/** Below a folder that is not there, nothing is. */
function isRooted({ files }: World, path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return parent === '' || (files[parent]?.type === 'directory' && isRooted({ files } as World, parent));
}

function killOne(world: World, type: 'agent' | 'launcher', pick: number): World {
  const pids = Object.entries(world.processes).flatMap(([pid, each]) => (each.type === type ? [pid] : []));
  const pid = chosen(pids, pick);
  return pid === null ? world : ended(world, Number(pid), 137);
}

/** An operator's hands on some session. */
function operate(world: World, pick: number): World {
  const luck = luckFrom(pick);
  const names = Object.keys(OPERATIONS) as Operation[];
  const operation = names[luck(names.length)] ?? 'type';
  if (operation === 'kill-server') return world;
  const session = chosen(Object.values(world.tmux?.sessions ?? {}), luck(100));
  const name = ['work', `${prefix}2`, `${prefix}9`, `${prefix}1x`, 'a.b', 'mine'][luck(6)] ?? 'work';
  return OPERATIONS[operation](world, session?.id ?? '', name);
}

function breakLink(world: World, pick: number): World {
  const home = [homes.main, homes.backup][pick % 2] ?? homes.main;
  const ways = [
    { type: 'directory' },
    { type: 'link', to: '/elsewhere' },
    { type: 'file', text: 'mine', mark: 'operator', at: world.now },
    { type: 'link', to: `${shared}/projects` },
    null,
  ] as const;
  const way = ways[Math.floor(pick / 2) % ways.length] ?? null;
  return withoutBelow(withNode(world, `${home}/projects`, way), `${home}/projects`);
}

/** What stands in a folder's place has nothing below it. */
function withoutBelow(world: World, path: string): World {
  const below = Object.keys(world.files).filter((each) => each.startsWith(`${path}/`));
  return below.reduce((left, each) => withNode(left, each, null), world);
}

function badTask(world: World, pick: number): World {
  const path = `${queueFolders(queue.inbox).inbox}/bad${String(pick)}.md`;
  if (world.files[path] !== undefined) return world;
  const mark = `task-bad-${String(pick)}-${String(world.now)}`;
  const kinds = [
    { type: 'other' },
    { type: 'link', to: '/etc/passwd' },
    { type: 'directory' },
    { type: 'file', text: '', mark, at: world.now },
    { type: 'file', text: '---\nwhat: 1\n---\nx\n', mark, at: world.now },
    { type: 'file', text: 'half', mark, at: world.now },
    { type: 'file', text: '\u001b[201~\n', mark, at: world.now },
  ] as const;
  return withNode(world, path, kinds[pick % kinds.length] ?? null);
}

function chosen<T>(items: readonly T[], pick: number): T | null {
  return items.length === 0 ? null : (items[pick % items.length] ?? null);
}
