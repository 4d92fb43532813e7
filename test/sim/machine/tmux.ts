import type {
  ActResult,
  ListedPane,
  ListedSession,
  TmuxCommand,
  TmuxGuard,
  TmuxListing,
  TmuxStamps,
} from '../../../src/model/host.ts';
import { STAMP } from '../../../src/model/stamp.ts';
import { type Done, textOf } from './files.ts';
import { hangUp, launched } from './processes.ts';
import {
  type Pane,
  panesOf,
  type Server,
  type Session,
  type Window,
  type World,
  withProcess,
} from './world.ts';

const NO_OPTIONS = { server: {}, session: {}, window: {} };

/** A server without a session. */
export function withServer(world: World): World {
  const { world: next, pid } = withProcess(world, { type: 'server' });
  const tmux: Server = {
    pid,
    startTime: 1_700_000_000 + world.lives,
    sessions: {},
    next: { session: 0, window: 0, pane: 0 },
    options: NO_OPTIONS,
  };
  return { ...next, tmux, lives: world.lives + 1 };
}

export function listing(server: Server): TmuxListing {
  const { pid, startTime, sessions } = server;
  return {
    incarnation: { pid, startTime },
    sessions: Object.fromEntries(
      Object.values(sessions).map((session) => [session.id, listed(server, session)]),
    ),
  };
}

function listed(server: Server, session: Session): ListedSession {
  const { id, name, windows, attached, lastKey } = session;
  const panes = Object.values(windows).flatMap((window) =>
    Object.values(window.panes).map((pane): [string, ListedPane] => [
      pane.id,
      {
        id: pane.id,
        pid: pane.pid,
        dead: pane.dead,
        deadStatus: pane.status,
        deadSignal: null,
        command: 'program',
        cwd: '/w',
        inMode: pane.inMode,
        inputOdd: window.synchronized || pane.inputOff,
        shownOwner: shown(server, session, window, pane, STAMP.owner),
        shownFence: shown(server, session, window, pane, STAMP.fence),
      },
    ]),
  );
  return { id, name, created: 1_700_000_000, attached, lastKey, panes: Object.fromEntries(panes) };
}

/** What `#{@option}` is in a pane: the nearest that is set. Measured (facts/tmux.md): an option of the session's own is the last but two. */
function shown({ options }: Server, session: Session, window: Window, pane: Pane, option: string): string {
  for (const scope of [
    options.server,
    pane.options,
    window.options,
    options.window,
    session.options,
    options.session,
  ]) {
    const value = scope[option];
    if (value !== undefined) return value;
  }
  return '';
}

export function stamps(
  { pid, startTime, sessions, options }: Server,
  ids: readonly string[],
  panes: readonly string[],
  screenOf: (pane: Pane) => string | null = () => '',
): TmuxStamps {
  const own = Object.values(sessions)
    .filter(({ id }) => ids.includes(id))
    .map((each) => [each.id, marks(each.options)] as const);
  const shownPanes = Object.values(sessions)
    .flatMap(panesOf)
    .filter(({ id }) => panes.includes(id))
    .flatMap((pane) => {
      const text = screenOf(pane);
      return text === null ? [] : [[pane.id, { text, title: '' }] as const];
    });
  return {
    incarnation: { pid, startTime },
    sessions: Object.fromEntries(own),
    inherited: Object.values(options).some((scope) => Object.keys(marks(scope)).length > 0),
    screens: Object.fromEntries(shownPanes),
  };
}

function marks(options: Session['options']): Session['options'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name.startsWith('@rollcall_')));
}

/** Guard and commands in one step, as `if-shell -F` does it: the first command that fails ends the list. */
export function act(world: World, guard: TmuxGuard, commands: readonly TmuxCommand[]): Done<ActResult> {
  if (world.tmux === null) return [world, { type: 'refused', text: 'no server running' }];
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
  return Object.values(sessions)
    .flatMap(panesOf)
    .reduce((left, pane) => hangUp(left, pane.pid), after);
}

/** A server without sessions ends. */
export function killSession(world: World, id: string): World {
  const session = world.tmux?.sessions[id];
  if (world.tmux === null || session === undefined) return world;
  const { [id]: _, ...sessions } = world.tmux.sessions;
  const before: World = { ...world, tmux: { ...world.tmux, sessions } };
  const after = panesOf(session).reduce((left, pane) => hangUp(left, pane.pid), before);
  return Object.keys(sessions).length === 0 ? killServer(after) : after;
}

function holds({ tmux }: World, guard: TmuxGuard): boolean {
  const { incarnation, session, pane, options = {}, takesInput = false } = guard;
  if (tmux?.pid !== incarnation.pid || tmux.startTime !== incarnation.startTime) return false;
  if (session === null && pane === null) return Object.keys(options).length === 0;
  const at = pane === null ? activePane(tmux, session?.id ?? '') : paneAt(tmux, pane.id);
  // tmux takes some other pane where the target is gone: the ids then differ.
  if (at === null) return false;
  const value = (option: string): string => shown(tmux, at.session, at.window, at.pane, option);
  const isSession =
    session === null ||
    (at.session.id === session.id &&
      at.session.name === session.name &&
      value(STAMP.owner) === session.owner);
  const isPane = pane === null || (at.pane.pid === pane.pid && at.pane.dead === pane.dead);
  const isOpen = !takesInput || !(at.pane.inMode || at.pane.inputOff || at.window.synchronized);
  return isSession && isPane && isOpen && Object.entries(options).every(([name, is]) => value(name) === is);
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
      return newSession(world, command.name, command.argv ?? ['sh', '-i']);
    case 'set-option':
    case 'unset-option':
      return withOwnOption(world, tmux, command);
    case 'respawn-pane':
      return respawn(world, tmux, command.pane, command.argv, command.kill === true);
    case 'kill-session':
      return tmux.sessions[command.id] === undefined ? null : killSession(world, command.id);
    case 'type-text':
      return withInput(world, command.pane, command.text, 'keys');
    case 'press-enter':
      return withInput(world, command.pane, '\r', 'keys');
    case 'clear-line':
      return withInput(world, command.pane, '\u0015', 'keys');
    case 'paste-file': {
      const text = textOf(world, command.file) ?? '';
      return text === '' ? null : withInput(world, command.pane, text.replaceAll('\n', '\r'), 'paste');
    }
  }
}

/** A new session with one window and one pane; null: the name is taken. */
export function newSession(world: World, name: string, argv: readonly string[]): World | null {
  const { tmux } = world;
  if (tmux === null || Object.values(tmux.sessions).some((each) => each.name === name)) return null;
  const { world: started, pid } = launched(world, argv);
  const { next } = tmux;
  const pane = paneOf(`%${String(next.pane)}`, pid);
  const window = windowOf(`@${String(next.window)}`, pane);
  const session: Session = {
    id: `$${String(next.session)}`,
    name,
    options: {},
    windows: { [window.id]: window },
    active: window.id,
    attached: 0,
    lastKey: null,
  };
  const counted = { session: next.session + 1, window: next.window + 1, pane: next.pane + 1 };
  return withSession({ ...started, tmux: { ...tmux, next: counted } }, session);
}

export function paneOf(id: string, pid: number): Pane {
  return { id, pid, dead: false, status: null, options: {}, inMode: false, inputOff: false, input: '' };
}

export function windowOf(id: string, pane: Pane): Window {
  return { id, options: {}, panes: { [pane.id]: pane }, active: pane.id, synchronized: false };
}

/** Another program in a pane whose own has ended, or, with `kill`, in any; null: there is none, or it lives. */
export function respawn(
  world: World,
  tmux: Server,
  id: string,
  argv: readonly string[],
  kill: boolean,
): World | null {
  const at = paneAt(tmux, id);
  if (at === null || (!at.pane.dead && !kill)) return null;
  const { world: started, pid } = launched(world, argv);
  const fresh = { ...at.pane, pid, dead: false, status: null, inMode: false, input: '' };
  // Its old program is ended when the pane is the new one's already: the pane stays, whatever its options say.
  return hangUp(withPane(started, at, fresh), at.pane.pid);
}

/** Keys go nowhere while a mode has the pane; a paste goes to the program all the same. */
function withInput(world: World, id: string, text: string, how: 'keys' | 'paste'): World | null {
  const at = world.tmux === null ? null : paneAt(world.tmux, id);
  if (at === null) return null;
  const { pane } = at;
  if (pane.dead || pane.inputOff || (how === 'keys' && pane.inMode)) return world;
  return withPane(world, at, { ...pane, input: pane.input + text });
}

function withOwnOption(
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
  const { type, text } = command.value;
  const value = type === 'literal' ? text : expanded(text, session);
  if (command.scope === 'session')
    return withSession(world, { ...session, options: { ...others, [option]: value } });
  const window = session.windows[session.active];
  if (window === undefined) return null;
  return withWindow(world, session, { ...window, options: { ...window.options, [option]: value } });
}

function expanded(format: string, session: Session): string {
  const window = session.windows[session.active];
  const pane = window?.panes[window.active];
  if (pane !== undefined && format === '#{pane_id}') return pane.id;
  if (pane !== undefined && format === '#{pane_pid}') return String(pane.pid);
  throw new Error(`the world knows no format ${format}`);
}

/** Where a pane is. */
export interface At {
  readonly session: Session;
  readonly window: Window;
  readonly pane: Pane;
}

export function paneAt(tmux: Server, id: string): At | null {
  for (const session of Object.values(tmux.sessions)) {
    for (const window of Object.values(session.windows)) {
      const pane = window.panes[id];
      if (pane !== undefined) return { session, window, pane };
    }
  }
  return null;
}

/** The pane that a session shows. */
export function activePane(tmux: Server, id: string): At | null {
  const session = tmux.sessions[id];
  const window = session?.windows[session.active];
  const pane = window?.panes[window.active];
  return session === undefined || window === undefined || pane === undefined
    ? null
    : { session, window, pane };
}

export function withPane(world: World, { session, window }: At, pane: Pane): World {
  return withWindow(world, session, { ...window, panes: { ...window.panes, [pane.id]: pane } });
}

export function withWindow(world: World, session: Session, window: Window): World {
  return withSession(world, { ...session, windows: { ...session.windows, [window.id]: window } });
}

export function withSession(world: World, session: Session): World {
  if (world.tmux === null) return world;
  return { ...world, tmux: { ...world.tmux, sessions: { ...world.tmux.sessions, [session.id]: session } } };
}
