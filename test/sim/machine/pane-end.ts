import type { Pane, Server, Session, Window, World } from './world.ts';

/** A pane whose process ended stays and shows so where `remain-on-exit` says it may; else it goes, and all that was for it. */
export function paneEnded(world: World, session: Session, pid: number, status: number | null): World {
  const { tmux } = world;
  const window = Object.values(session.windows).find(({ panes }) =>
    Object.values(panes).some((pane) => pane.pid === pid),
  );
  const pane = Object.values(window?.panes ?? {}).find((each) => each.pid === pid);
  if (tmux === null || window === undefined || pane === undefined) return world;
  if (stays(tmux, window, pane)) return withWindow(world, tmux, session, withDead(window, pane, status));
  return withoutPane(world, session, window, pane);
}

function stays(tmux: Server, window: Window, pane: Pane): boolean {
  const option = 'remain-on-exit';
  return (pane.options[option] ?? window.options[option] ?? tmux.options.window[option]) === 'on';
}

function withDead(window: Window, pane: Pane, status: number | null): Window {
  return { ...window, panes: { ...window.panes, [pane.id]: { ...pane, dead: true, status } } };
}

/** The pane goes; with the last one its window, with the last window the session, with the last session the server. */
export function withoutPane(world: World, session: Session, window: Window, { id }: Pane): World {
  const { tmux } = world;
  if (tmux === null) return world;
  const { [id]: _, ...panes } = window.panes;
  const left = Object.keys(panes);
  if (left.length > 0) {
    const active = window.active === id ? (left.at(-1) ?? '') : window.active;
    return withWindow(world, tmux, session, { ...window, panes, active });
  }
  const { [window.id]: gone, ...windows } = session.windows;
  const others = Object.keys(windows);
  if (gone !== undefined && others.length > 0) {
    const active = session.active === window.id ? (others.at(-1) ?? '') : session.active;
    return withSession(world, tmux, { ...session, windows, active });
  }
  const { [session.id]: __, ...sessions } = tmux.sessions;
  if (Object.keys(sessions).length > 0) return { ...world, tmux: { ...tmux, sessions } };
  const { [tmux.pid]: ___, ...processes } = world.processes;
  return { ...world, tmux: null, processes };
}

function withWindow(world: World, tmux: Server, session: Session, window: Window): World {
  return withSession(world, tmux, { ...session, windows: { ...session.windows, [window.id]: window } });
}

function withSession(world: World, tmux: Server, session: Session): World {
  return { ...world, tmux: { ...tmux, sessions: { ...tmux.sessions, [session.id]: session } } };
}
