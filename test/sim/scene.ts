import { keepCommands } from '../../src/apply/session.ts';
import type { Look } from '../../src/loop/look.ts';
import { type DesiredState, poolIndex } from '../../src/model/desired.ts';
import { STAMP, stampCommands } from '../../src/model/stamp.ts';
import type { Wishes } from './fleet.ts';
import { namesIn, withFile, withFolder, withNode } from './machine/files.ts';
import { actOnNewServer, killSession, newSession, withSession } from './machine/tmux.ts';
import { EMPTY_WORLD, type Files, type Session, type World } from './machine/world.ts';
import { PLACES } from './places.ts';
import { isOurs } from './promises.ts';
import type { Schedule } from './schedule.ts';

const { queue, homes, link, shared, cwd, prefix } = PLACES;

/** Every link where it belongs, a server with sessions of others, and tasks that have been waiting for a while. */
export function startWorld({ tasks, retries, seed }: Schedule): World {
  const all = [
    ...Object.values(queue),
    ...Object.values(homes),
    `${shared}/projects`,
    cwd,
    ...Object.values(homes).map((home) => `${home}/sessions`),
  ];
  const folders = all.reduce<Files>((files, folder) => withFolder(files, folder), {});
  const files: Files = { ...folders, ...LINKS };
  let world: World = { ...EMPTY_WORLD, files, unsynced: null, now: EMPTY_WORLD.now - 3_600_000 };
  for (const name of ['other', `${prefix}9`, `${prefix}1x`])
    world = newSession(actOnNewServer(world, [])[0], name, ['sh', '-i']) ?? world;
  if (seed % 2 === 0) world = withPoolSession(world, `${prefix}1`);
  for (let i = 0; i < tasks; i += 1)
    world = withFile(world, `${queue.inbox}/t${String(i)}.md`, taskText(retries), `task-${String(i)}`);
  return { ...world, now: EMPTY_WORLD.now, unsynced: {} };
}

const LINKS: Files = {
  [link]: { type: 'link', to: homes.main },
  ...Object.fromEntries(
    Object.values(homes).map((home) => [`${home}/projects`, { type: 'link', to: `${shared}/projects` }]),
  ),
};

export function taskText(retries: 0 | 1): string {
  return retries === 0 ? '---\nretries: 0\n---\nDo it.\n' : '---\nretries: 1\n---\nDo it.\n';
}

function withPoolSession(world: World, name: string): World {
  const created = { type: 'created', name } as const;
  return actOnNewServer(world, [
    { type: 'new-session', name, cwd, argv: ['sh', '-c', 'holder'] },
    ...keepCommands(created),
    ...stampCommands(created, { owner: PLACES.fleet, kind: 'pool', recordsPane: true }),
  ])[0];
}

/** What only an operator can put right is put right: what stands in the way of a link, a name, or a session. */
export function healed(world: World, desired: DesiredState): World {
  let next: World = { ...world, late: [] };
  for (const [path, node] of Object.entries(LINKS)) {
    const there = next.files[path];
    const isHome =
      path === link &&
      there?.type === 'link' &&
      Object.values(desired.accounts).some(({ home }) => home === there.to);
    if (isHome || JSON.stringify(there) === JSON.stringify(node)) continue;
    for (const below of Object.keys(next.files).filter((each) => each.startsWith(`${path}/`)))
      next = withNode(next, below, null);
    next = withNode(next, path, node);
  }
  for (const session of Object.values(next.tmux?.sessions ?? {}))
    next = healedSession(next, session, desired);
  if (next.tmux === null) return next;
  return { ...next, tmux: { ...next.tmux, options: { server: {}, session: {}, window: {} } } };
}

/** Somebody else's session goes from a name of ours; ours is given back as it was, or, where it cannot be, ended. */
function healedSession(world: World, session: Session, desired: DesiredState): World {
  const pool = desired.pools['auto'];
  const hasOurName = pool !== undefined && poolIndex(pool, session.name) !== null;
  if (!isOurs(session)) return hasOurName ? killSession(world, session.id) : world;
  const windows = Object.values(session.windows);
  const panes = windows.flatMap((window) => Object.values(window.panes));
  const [window] = windows;
  const [pane] = panes;
  const isPlain =
    hasOurName &&
    panes.length === 1 &&
    session.options[STAMP.pane] === pane?.id &&
    session.options[STAMP.pid] === String(pane?.pid);
  if (!isPlain || window === undefined || pane === undefined) return killSession(world, session.id);
  const free = { ...pane, options: {}, inMode: false, inputOff: false };
  const clean = {
    ...window,
    options: { 'remain-on-exit': 'on' },
    synchronized: false,
    panes: { [pane.id]: free },
  };
  return withSession(world, { ...session, windows: { [window.id]: clean }, attached: 0, lastKey: null });
}

/** Nothing is kept of attempts that are over: what no look asks for any more would only slow down the next one. */
export function tidied(world: World): World {
  const text = [
    ...(namesIn(world.files, queue.claimed) ?? []),
    ...Object.values(world.tmux?.sessions ?? {}).map(({ options }) => options[STAMP.fence] ?? ''),
    ...Object.values(world.processes).map((each) => JSON.stringify(each)),
    JSON.stringify(world.late),
  ].join(' ');
  const over = new Set(
    (namesIn(world.files, PLACES.runs) ?? []).filter((attempt) => !text.includes(attempt)),
  );
  if (over.size === 0) return world;
  const isOver = (path: string): boolean =>
    path.startsWith(`${PLACES.runs}/`) && over.has(path.slice(PLACES.runs.length + 1).split('/')[0] ?? '');
  const without = <T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(all).filter(([path]) => !isOver(path)));
  return {
    ...world,
    files: without(world.files),
    unsynced: world.unsynced === null ? null : without(world.unsynced),
  };
}

/** What is not as it is to be in the end; null: everything is. */
export function leftOver(world: World, wishes: Wishes, { plan }: Look): string | null {
  for (const folder of [queue.inbox, queue.claimed]) {
    const [name] = namesIn(world.files, folder) ?? [];
    if (name !== undefined) return `${folder}/${name} is left`;
  }
  for (const [pid, { type }] of Object.entries(world.processes)) {
    if (type === 'agent' || type === 'launcher') return `${type} ${pid} lives on`;
  }
  const ours = Object.values(world.tmux?.sessions ?? {}).filter((session) => isOurs(session));
  const fenced = ours.find(({ options }) => (options[STAMP.fence] ?? '') !== '');
  if (fenced !== undefined) return `session ${fenced.name} is reserved`;
  if (ours.length < wishes.min)
    return `${String(ours.length)} sessions of ours live, ${String(wishes.min)} are wanted`;
  if (wishes.dedicated && !Object.values(world.tmux?.sessions ?? {}).some(({ name }) => name === 'mine'))
    return 'the session of the operator is missing';
  const [action] = plan.actions;
  return action === undefined ? null : `${action.type} ${action.target} is still planned`;
}
