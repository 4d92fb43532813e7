import type { DesiredState, PoolSpec } from '../model/desired.ts';
import { poolSessionName } from '../model/desired.ts';
import type { Observed, ObservedSession, TmuxState, Work } from '../model/observed.ts';
import type { OwnedPoolSession } from '../model/plan.ts';
import { entriesOf } from './order.ts';

/** A session of the server as the fleet sees it. Everything but `pool` is out of the planner's reach. */
export type Sighting =
  /** Declared by name as the operator's own, whatever it carries. */
  | { readonly type: 'dedicated'; readonly session: ObservedSession }
  | { readonly type: 'foreign'; readonly session: ObservedSession }
  | { readonly type: 'other-fleet'; readonly session: ObservedSession; readonly owner: string }
  /** Stamped as ours, contradicted from inside the session. */
  | { readonly type: 'tampered'; readonly session: ObservedSession }
  | PoolSighting;

export interface PoolSighting {
  readonly type: 'pool';
  readonly session: ObservedSession;
  readonly life: Life;
}

export type Life =
  /** Our holder runs in it, alone. */
  | { readonly type: 'free'; readonly owned: OwnedPoolSession }
  /** The process we started has ended and nothing else runs in it. */
  | { readonly type: 'ended'; readonly owned: OwnedPoolSession }
  /** It is reserved for a task, works on one, or worked on one and still carries it; alone. */
  | TaskLife
  /**
   * Ours, and something is in it that we did not start: never disturbed. It counts as alive while anything in it
   * lives; remains that are not ours alone are neither alive nor ours to start again.
   */
  | { readonly type: 'unknown'; readonly why: string; readonly alive: boolean };

export interface TaskLife {
  readonly type: 'task';
  readonly owned: OwnedPoolSession;
  readonly work: Work;
  /** Whether its pane's process has ended. */
  readonly ended: boolean;
}

/** Whether it counts towards its pool's number: one with a task keeps its place until it is free again. */
export function isAlive({ life }: PoolSighting): boolean {
  return life.type === 'free' || life.type === 'task' || (life.type === 'unknown' && life.alive);
}

/** What stands behind each session name, keyed by name; null where the server could not be read. */
export function sightings(
  desired: DesiredState,
  observed: Observed,
): Readonly<Record<string, Sighting>> | null {
  if (!observed.tmux.ok) return null;
  const tmux = observed.tmux.value;
  if (tmux.type === 'none') return {};
  const shared = sharedPanes(tmux);
  const seen: Record<string, Sighting> = {};
  for (const session of Object.values(tmux.sessions)) {
    seen[session.name] = sight(desired, tmux, session, shared);
  }
  return seen;
}

/** Panes that more than one session shows: of grouped sessions, or by a linked window. */
function sharedPanes(tmux: TmuxUp): ReadonlySet<string> {
  const once = new Set<string>();
  const shared = new Set<string>();
  for (const { panes } of Object.values(tmux.sessions)) {
    for (const id of Object.keys(panes)) (once.has(id) ? shared : once).add(id);
  }
  return shared;
}

/** How many pool sessions of ours there are. */
export function ownedCount(seen: Readonly<Record<string, Sighting>> | null): number {
  return Object.values(seen ?? {}).filter(({ type }) => type === 'pool').length;
}

/** A place in a pool's range. */
export interface PoolPlace {
  readonly pool: string;
  readonly spec: PoolSpec;
  readonly index: number;
}

/** Tells for a session name its place in the pools' ranges; null: outside every range. */
export function poolPlaces(pools: Readonly<Record<string, PoolSpec>>): (name: string) => PoolPlace | null {
  const places = new Map<string, PoolPlace>();
  for (const [pool, spec] of entriesOf(pools)) {
    for (let index = spec.startIndex; index < spec.startIndex + spec.max; index += 1) {
      const name = poolSessionName(spec, index);
      if (!places.has(name)) places.set(name, { pool, spec, index });
    }
  }
  return (name) => places.get(name) ?? null;
}

type TmuxUp = Extract<TmuxState, { type: 'up' }>;

function sight(
  desired: DesiredState,
  tmux: TmuxUp,
  session: ObservedSession,
  shared: ReadonlySet<string>,
): Sighting {
  if (Object.hasOwn(desired.dedicated, session.name)) return { type: 'dedicated', session };
  const { stamp } = session;
  if (stamp === null) return { type: 'foreign', session };
  if (stamp.owner !== desired.name) return { type: 'other-fleet', session, owner: stamp.owner };
  // A dedicated session that is no longer declared is from then on foreign (SPEC §3.2).
  if (stamp.kind === 'dedicated') return { type: 'foreign', session };
  if (session.contradictedBy !== null) return { type: 'tampered', session };
  return { type: 'pool', session, life: lifeOf(tmux, session, stamp.owner, shared) };
}

function lifeOf(tmux: TmuxUp, session: ObservedSession, owner: string, shared: ReadonlySet<string>): Life {
  const { stamp } = session;
  const pane = stamp?.pane == null ? undefined : session.panes[stamp.pane];
  const unknown = (why: string): Life => ({
    type: 'unknown',
    why,
    alive: Object.values(session.panes).some(({ dead }) => !dead),
  });
  if (stamp?.pane == null) return unknown('adopted while something else ran in it');
  if (pane === undefined) return unknown('the pane Rollcall started in it is gone');
  const others = Object.keys(session.panes).length - 1;
  if (others > 0) return unknown(`${String(others)} more pane(s) opened in it`);
  if (shared.has(pane.id)) return unknown('another session shows its window, too');
  const owned = ownedPoolSession(tmux, session, pane.id, pane.pid, owner);
  if ((!pane.dead || stamp.work !== null) && pane.pid !== stamp.pid) {
    return unknown('something else was started in its pane');
  }
  if (stamp.work !== null) return { type: 'task', owned, work: stamp.work, ended: pane.dead };
  if (pane.dead) return { type: 'ended', owned };
  return { type: 'free', owned };
}

/** The one place that mints the brand without which no disruptive action can be written down. */
function ownedPoolSession(
  tmux: TmuxUp,
  session: ObservedSession,
  pane: string,
  panePid: number,
  owner: string,
): OwnedPoolSession {
  const { id, name } = session;
  const { incarnation } = tmux;
  return { name, id, pane, panePid, owner, incarnation } as OwnedPoolSession;
}
