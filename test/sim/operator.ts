import {
  activePane,
  killServer,
  killSession,
  newSession,
  paneAt,
  paneOf,
  respawn,
  windowOf,
  withPane,
  withServer,
  withSession,
  withWindow,
} from './machine/tmux.ts';
import { hangUp } from './machine/processes.ts';
import { withoutPane } from './machine/pane-end.ts';
import type { Session, World } from './machine/world.ts';
import { withProcess } from './machine/world.ts';

/**
 * What somebody at the keyboard may ask of tmux: each is one command of its own, by the session's id. The world after
 * it; the same one where tmux would say no.
 */
export const OPERATIONS = {
  'new-session': (world: World, _: string, name: string): World =>
    newSession(world.tmux === null ? withServer(world) : world, mangled(name), ['sh', '-i']) ?? world,
  'rename-session': (world: World, id: string, name: string): World => {
    const session = world.tmux?.sessions[id];
    const to = mangled(name);
    const taken = Object.values(world.tmux?.sessions ?? {}).some((each) => each.name === to);
    return session === undefined || to === '' || taken ? world : withSession(world, { ...session, name: to });
  },
  'kill-session': (world: World, id: string): World => killSession(world, id),
  'split-window': (world: World, id: string): World => {
    const { tmux } = world;
    const at = tmux === null ? null : activePane(tmux, id);
    if (tmux === null || at === null) return world;
    const { world: after, pid } = withProcess(world, { type: 'other' });
    const pane = paneOf(`%${String(tmux.next.pane)}`, pid);
    const counted = { ...after, tmux: { ...tmux, next: { ...tmux.next, pane: tmux.next.pane + 1 } } };
    const panes = { ...at.window.panes, [pane.id]: pane };
    return withWindow(counted, at.session, { ...at.window, panes, active: pane.id });
  },
  'new-window': (world: World, id: string): World => {
    const { tmux } = world;
    const session = tmux?.sessions[id];
    if (tmux === null || session === undefined) return world;
    const { world: after, pid } = withProcess(world, { type: 'other' });
    const window = windowOf(`@${String(tmux.next.window)}`, paneOf(`%${String(tmux.next.pane)}`, pid));
    const next = { ...tmux.next, window: tmux.next.window + 1, pane: tmux.next.pane + 1 };
    const windows = { ...session.windows, [window.id]: window };
    return withSession({ ...after, tmux: { ...tmux, next } }, { ...session, windows, active: window.id });
  },
  'kill-pane': (world: World, id: string): World => {
    const at = world.tmux === null ? null : activePane(world.tmux, id);
    if (at === null) return world;
    const { session, window, pane } = at;
    return hangUp(withoutPane(world, session, window, pane), pane.pid);
  },
  'copy-mode': (world: World, id: string): World => inPane(world, id, { inMode: true }),
  'leave-mode': (world: World, id: string): World => inPane(world, id, { inMode: false }),
  'input-off': (world: World, id: string): World => inPane(world, id, { inputOff: true }),
  'input-on': (world: World, id: string): World => inPane(world, id, { inputOff: false }),
  synchronize: (world: World, id: string): World => inWindow(world, id, true),
  unsynchronize: (world: World, id: string): World => inWindow(world, id, false),
  'respawn-other': (world: World, id: string): World => {
    const at = world.tmux === null ? null : activePane(world.tmux, id);
    if (world.tmux === null || at === null) return world;
    return respawn(world, world.tmux, at.pane.id, ['sh', '-i'], true) ?? world;
  },
  type: (world: World, id: string): World => {
    const at = world.tmux === null ? null : activePane(world.tmux, id);
    if (at === null) return world;
    const lastKey = Math.floor(world.now / 1000);
    const typed = withSession(world, { ...at.session, attached: 1, lastKey });
    const again = typed.tmux === null ? null : paneAt(typed.tmux, at.pane.id);
    if (again === null || again.pane.dead || again.pane.inMode) return typed;
    return withPane(typed, again, { ...again.pane, input: `${again.pane.input}x` });
  },
  detach: (world: World, id: string): World => {
    const session = world.tmux?.sessions[id];
    return session === undefined ? world : withSession(world, { ...session, attached: 0, lastKey: null });
  },
  'kill-server': (world: World): World => killServer(world),
} as const;

export type Operation = keyof typeof OPERATIONS;

/** Whose option an operator may set. */
export const SCOPES = ['server', 'global-session', 'global-window', 'session', 'window', 'pane'] as const;
export type Scope = (typeof SCOPES)[number];

/** Sets an option, or takes it away (null); the same world where the session is not there. */
export function withOption(
  world: World,
  id: string,
  scope: Scope,
  name: string,
  value: string | null,
): World {
  const { tmux } = world;
  if (tmux === null) return world;
  const changed = (options: Session['options']): Session['options'] => {
    const { [name]: _, ...others } = options;
    return value === null ? others : { ...others, [name]: value };
  };
  const whole = { server: 'server', 'global-session': 'session', 'global-window': 'window' } as const;
  if (scope === 'server' || scope === 'global-session' || scope === 'global-window') {
    const key = whole[scope];
    return { ...world, tmux: { ...tmux, options: { ...tmux.options, [key]: changed(tmux.options[key]) } } };
  }
  const at = activePane(tmux, id);
  if (at === null) return world;
  const { session, window, pane } = at;
  if (scope === 'session') return withSession(world, { ...session, options: changed(session.options) });
  if (scope === 'window') return withWindow(world, session, { ...window, options: changed(window.options) });
  return withPane(world, at, { ...pane, options: changed(pane.options) });
}

/** What tmux 3.3a makes of a name: `.` and `:` mean something in a target, and what is no plain character is written out. */
export function mangled(name: string): string {
  return name
    .replaceAll(/[.:]/g, '_')
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n');
}

function inPane(
  world: World,
  id: string,
  over: { readonly inMode?: boolean; readonly inputOff?: boolean },
): World {
  const at = world.tmux === null ? null : activePane(world.tmux, id);
  return at === null ? world : withPane(world, at, { ...at.pane, ...over });
}

function inWindow(world: World, id: string, synchronized: boolean): World {
  const at = world.tmux === null ? null : activePane(world.tmux, id);
  return at === null ? world : withWindow(world, at.session, { ...at.window, synchronized });
}
