import { type DesiredState, poolIndex } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  HostReader,
  ListedPane,
  ListedSession,
  TmuxAnswer,
  TmuxListing,
  TmuxStamps,
} from '../model/host.ts';
import type { SeenServer } from '../model/memory.ts';
import type { Incarnation, ObservedPane, ObservedSession, TmuxState } from '../model/observed.ts';
import { read, type Reading, unreadable } from '../model/reading.ts';
import { STAMP } from '../model/stamp.ts';
import { readStamp } from './stamp.ts';

/** Pane id -> its visible text and title; foreign text. */
export type Screens = TmuxStamps['screens'];

/** The tmux server in two invocations: everything that a format shows, then the stamps, which no format can. */
export async function lookAtTmux(
  host: HostReader,
  desired: DesiredState,
  seen: SeenServer | null,
): Promise<Reading<TmuxState>> {
  return (await lookAtServer(host, desired, seen)).tmux;
}

/**
 * The same, and what those panes show in which tasks of ours run, in the same two invocations; and what the panes
 * show that `more` names when it is told of the listing.
 */
export async function lookAtServer(
  host: HostReader,
  desired: DesiredState,
  seen: SeenServer | null,
  more: (listing: TmuxListing) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<{ readonly tmux: Reading<TmuxState>; readonly screens: Screens }> {
  const listing = await host.tmux.list();
  if (listing.type === 'no-server') return without(await noServer(host, seen));
  if (listing.type !== 'ok') return without(unanswered(listing));
  const ours = Object.values(listing.value.sessions).filter((session) => concernsUs(session, desired));
  const ids = ours.map((session) => session.id);
  const panes = new Set([...busyPanes(ours, desired.name), ...(await more(listing.value))]);
  const stamps = await host.tmux.stamps(ids, [...panes]);
  if (stamps.type === 'no-server') return without(await noServer(host, seen));
  if (stamps.type !== 'ok') return without(unanswered(stamps));
  if (!isSame(listing.value.incarnation, stamps.value.incarnation)) {
    return without(unreadable(tmuxUnreadable('another server took its place while we looked')));
  }
  return { tmux: read(stateOf(listing.value, stamps.value, ids)), screens: stamps.value.screens };
}

function without(tmux: Reading<TmuxState>): {
  readonly tmux: Reading<TmuxState>;
  readonly screens: Screens;
} {
  return { tmux, screens: {} };
}

/** Panes that a task of ours is in, as far as formats tell: whose screens are asked for, nothing more. */
function busyPanes(sessions: readonly ListedSession[], owner: string): readonly string[] {
  return sessions
    .flatMap((session) => Object.values(session.panes))
    .filter((pane) => pane.shownOwner === owner && pane.shownFence !== '')
    .map((pane) => pane.id);
}

/** Ids restart with the server, so what two servers said must never be put together. */
function isSame(one: Incarnation, other: Incarnation): boolean {
  return one.pid === other.pid && one.startTime === other.startTime;
}

/**
 * A session that shows no owner mark and bears no name of ours is foreign whatever its own options are, so they are
 * not asked for: each question costs the server time that grows with the number of its sessions.
 */
function concernsUs(session: ListedSession, desired: DesiredState): boolean {
  return (
    Object.values(session.panes).some((pane) => pane.shownOwner !== '') ||
    Object.hasOwn(desired.dedicated, session.name) ||
    Object.values(desired.pools).some((pool) => poolIndex(pool, session.name) !== null)
  );
}

function stateOf(listing: TmuxListing, stamps: TmuxStamps, asked: readonly string[]): TmuxState {
  const gone = new Set(asked.filter((id) => !Object.hasOwn(stamps.sessions, id)));
  const sessions = Object.values(listing.sessions)
    .filter((session) => !gone.has(session.id))
    .map((session): [string, ObservedSession] => [
      session.id,
      observedSession(session, stamps.sessions[session.id] ?? {}),
    ]);
  return {
    type: 'up',
    incarnation: listing.incarnation,
    stampInherited: stamps.inherited,
    sessions: Object.fromEntries(sessions),
  };
}

function observedSession(session: ListedSession, options: Readonly<Record<string, string>>): ObservedSession {
  const panes = Object.values(session.panes);
  return {
    id: session.id,
    name: session.name,
    createdAt: session.created * 1000,
    attached: session.attached,
    typedAt: session.lastKey === null ? null : session.lastKey * 1000,
    stamp: readStamp(options),
    contradictedBy: contradiction(panes, options),
    panes: Object.fromEntries(panes.map((pane) => [pane.id, observedPane(pane)])),
  };
}

/** A pane shows the session's own marks unless something nearer, or, where the session has none, further, has one. */
function contradiction(
  panes: readonly ListedPane[],
  options: Readonly<Record<string, string>>,
): string | null {
  const owner = options[STAMP.owner] ?? '';
  const fence = options[STAMP.fence] ?? '';
  for (const { shownOwner, shownFence } of panes) {
    if (shownOwner !== owner) return shownOwner;
    if (shownFence !== fence) return shownFence;
  }
  return null;
}

function observedPane(pane: ListedPane): ObservedPane {
  const { id, pid, dead, deadStatus, deadSignal, command, cwd, inMode, inputOdd } = pane;
  return { id, pid, dead, deadStatus, deadSignal, command, cwd, inMode, inputOdd };
}

/** Nobody listens: no sessions, unless the server we last saw there still lives and keeps its own. */
async function noServer(host: HostReader, seen: SeenServer | null): Promise<Reading<TmuxState>> {
  const { socket } = host.tmux;
  if (seen === null || seen.socket !== socket) return read({ type: 'none' });
  if ((await host.processes.startOf(seen.pid)) !== seen.procStart) return read({ type: 'none' });
  return unreadable({
    severity: 'error',
    code: 'tmux-unreachable',
    target: 'tmux',
    summary: 'The tmux server still runs, but not at its socket',
    detail: `process ${String(seen.pid)} served ${socket}, lives, and cannot be reached there`,
    help: `kill -USR1 ${String(seen.pid)}   # tmux makes its socket again`,
  });
}

function unanswered(answer: Extract<TmuxAnswer<never>, { type: 'timeout' | 'error' }>): Reading<never> {
  return unreadable(tmuxUnreadable(answer.type === 'timeout' ? 'no answer in time' : answer.text));
}

function tmuxUnreadable(detail: string): Diagnostic {
  return {
    severity: 'error',
    code: 'tmux-unreadable',
    target: 'tmux',
    summary: 'The tmux server did not answer in a way we understand',
    detail,
    help: null,
  };
}
