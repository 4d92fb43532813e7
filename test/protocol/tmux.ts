import type {
  ActResult,
  ListedSession,
  TmuxCommand,
  TmuxGuard,
  TmuxListing,
  TmuxStamps,
} from '../../src/model/host.ts';
import { STAMP } from '../../src/model/stamp.ts';
import type { Done } from './files.ts';
import { hangUp, launched } from './processes.ts';
import { type Server, type Session, type World, withProcess } from './world.ts';

/** A server with one session that is none of ours, so that ours may all go without its ending. */
export function withServer(world: World): World {
  const { world: next, pid } = withProcess(world, { type: 'server' });
  const tmux = { pid, startTime: 1_700_000_000 + world.lives, sessions: {}, nextId: 1 };
  return { ...next, tmux, lives: world.lives + 1 };
}

export function listing({ pid, startTime, sessions }: Server): TmuxListing {
  return {
    incarnation: { pid, startTime },
    sessions: Object.fromEntries(Object.values(sessions).map((session) => [session.id, listed(session)])),
  };
}

function listed({ id, name, options, pane }: Session): ListedSession {
  const shown = {
    id: pane.id,
    pid: pane.pid,
    dead: pane.dead,
    deadStatus: pane.status,
    deadSignal: null,
    command: 'program',
    cwd: '/w',
    inMode: false,
    inputOdd: false,
    shownOwner: options[STAMP.owner] ?? '',
    shownFence: options[STAMP.fence] ?? '',
  };
  return { id, name, created: 1_700_000_000, attached: 0, lastKey: null, panes: { [pane.id]: shown } };
}

export function stamps(
  { pid, startTime, sessions }: Server,
  ids: readonly string[],
  panes: readonly string[],
): TmuxStamps {
  const known = Object.values(sessions);
  return {
    incarnation: { pid, startTime },
    sessions: Object.fromEntries(
      known.filter(({ id }) => ids.includes(id)).map(({ id, options }) => [id, options]),
    ),
    inherited: false,
    screens: Object.fromEntries(
      known
        .filter(({ pane }) => panes.includes(pane.id))
        .map(({ pane }) => [pane.id, { text: '', title: '' }]),
    ),
  };
}

/** Guard and commands in one step, as `if-shell -F` does it: the first command that fails ends the list. */
export function act(world: World, guard: TmuxGuard, commands: readonly TmuxCommand[]): Done<ActResult> {
  if (!holds(world, guard)) return [world, { type: 'refused', text: 'the world moved' }];
  return run(world, commands);
}

export function actOnNewServer(world: World, commands: readonly TmuxCommand[]): Done<ActResult> {
  return run(world.tmux === null ? withServer(world) : world, commands);
}

/** The server ends; what ran in its panes is hung up on. */
export function killServer(world: World): World {
  if (world.tmux === null) return world;
  const { pid, sessions } = world.tmux;
  const { [pid]: _, ...processes } = world.processes;
  const after: World = { ...world, tmux: null, processes };
  return Object.values(sessions).reduce((left, { pane }) => hangUp(left, pane.pid), after);
}

export function killSession(world: World, id: string): World {
  const session = world.tmux?.sessions[id];
  if (world.tmux === null || session === undefined) return world;
  const { [id]: _, ...sessions } = world.tmux.sessions;
  const after = hangUp({ ...world, tmux: { ...world.tmux, sessions } }, session.pane.pid);
  return Object.keys(sessions).length === 0 ? killServer(after) : after;
}

function holds({ tmux }: World, guard: TmuxGuard): boolean {
  const { incarnation, session, pane, options = {} } = guard;
  if (tmux?.pid !== incarnation.pid || tmux.startTime !== incarnation.startTime) return false;
  const there = Object.values(tmux.sessions).find((each) =>
    pane === null ? each.id === session?.id : each.pane.id === pane.id,
  );
  const isSession =
    session === null ||
    (there?.id === session.id &&
      there.name === session.name &&
      (there.options[STAMP.owner] ?? '') === session.owner);
  const isPane = pane === null || (there?.pane.pid === pane.pid && there.pane.dead === pane.dead);
  return (
    isSession &&
    isPane &&
    Object.entries(options).every(([name, value]) => (there?.options[name] ?? '') === value)
  );
}

function run(world: World, commands: readonly TmuxCommand[]): Done<ActResult> {
  let now = world;
  for (const command of commands) {
    const next = carryOut(now, command);
    if (next === null) return [now, { type: 'refused', text: `tmux would not ${command.type}` }];
    now = next;
  }
  return [now, { type: 'applied' }];
}

/** The world after one command; null: tmux said no. */
function carryOut(world: World, command: TmuxCommand): World | null {
  const { tmux } = world;
  if (tmux === null) return null;
  switch (command.type) {
    case 'new-session':
      return newSession(world, tmux, command.name, command.argv ?? ['sh', '-i']);
    case 'set-option':
    case 'unset-option':
      return withOption(world, tmux, command);
    case 'respawn-pane': {
      const session = Object.values(tmux.sessions).find(({ pane }) => pane.id === command.pane);
      if (session === undefined || (!session.pane.dead && command.kill !== true)) return null;
      const freed = hangUp(world, session.pane.pid);
      const { world: started, pid } = launched(freed, command.argv);
      return withSession(started, { ...session, pane: { ...session.pane, pid, dead: false, status: null } });
    }
    case 'kill-session':
      return tmux.sessions[command.id] === undefined ? null : killSession(world, command.id);
    case 'type-text':
    case 'paste-file':
    case 'press-enter':
    case 'clear-line':
      return world;
  }
}

function newSession(world: World, tmux: Server, name: string, argv: readonly string[]): World | null {
  if (Object.values(tmux.sessions).some((each) => each.name === name)) return null;
  const { world: started, pid } = launched(world, argv);
  const number = String(tmux.nextId);
  const pane = { id: `%${number}`, pid, dead: false, status: null };
  const session: Session = { id: `$${number}`, name, options: {}, pane };
  return withSession({ ...started, tmux: { ...tmux, nextId: tmux.nextId + 1 } }, session);
}

function withOption(
  world: World,
  tmux: Server,
  command: Extract<TmuxCommand, { type: 'set-option' | 'unset-option' }>,
): World | null {
  const { session: at, option } = command;
  const session = Object.values(tmux.sessions).find((each) =>
    at.type === 'id' ? each.id === at.id : each.name === at.name,
  );
  if (session === undefined) return null;
  const { [option]: _, ...others } = session.options;
  if (command.type === 'unset-option') return withSession(world, { ...session, options: others });
  // Window options (remain-on-exit) are as ours want them: a dead pane stays.
  if (command.scope === 'window') return world;
  const { type, text } = command.value;
  const value = type === 'literal' ? text : expanded(text, session);
  return withSession(world, { ...session, options: { ...others, [option]: value } });
}

function expanded(format: string, { pane }: Session): string {
  if (format === '#{pane_id}') return pane.id;
  if (format === '#{pane_pid}') return String(pane.pid);
  throw new Error(`the world knows no format ${format}`);
}

function withSession(world: World, session: Session): World {
  if (world.tmux === null) return world;
  return { ...world, tmux: { ...world.tmux, sessions: { ...world.tmux.sessions, [session.id]: session } } };
}
