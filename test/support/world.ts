import type { Observed, ObservedSession, Stamp, Work } from '../../src/model/observed.ts';
import type { OwnedPoolSession } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import type { ObservedRun } from '../../src/model/run.ts';
import type { AttemptRecord, Claim, ObservedInbox } from '../../src/model/task.ts';
import { INCARNATION } from './fleet.ts';
import { besideInbox, inboxDir } from './queue.ts';

export function sessionsOf(world: Observed): Readonly<Record<string, ObservedSession>> {
  return world.tmux.ok && world.tmux.value.type === 'up' ? world.tmux.value.sessions : {};
}

export function withSessions(world: Observed, sessions: Readonly<Record<string, ObservedSession>>): Observed {
  const inherited = world.tmux.ok && world.tmux.value.type === 'up' && world.tmux.value.stampInherited;
  return tidy({
    ...world,
    tmux: read({ type: 'up', incarnation: INCARNATION, stampInherited: inherited, sessions }),
  });
}

export function withSession(world: Observed, session: ObservedSession): Observed {
  return withSessions(world, { ...sessionsOf(world), [session.id]: session });
}

export function withoutSession(world: Observed, id: string): Observed {
  return withSessions(world, without(sessionsOf(world), id));
}

export function withStamp(world: Observed, there: ObservedSession, over: Partial<Stamp>): Observed {
  if (there.stamp === null) throw new Error(`${there.name} is not stamped`);
  return withSession(world, { ...there, stamp: { ...there.stamp, ...over } });
}

export function withWork(world: Observed, there: ObservedSession, work: Work | null): Observed {
  return withStamp(world, there, { work });
}

export function withRun(world: Observed, attempt: string, run: ObservedRun): Observed {
  return tidy({ ...world, runs: { ...world.runs, [attempt]: run } });
}

export function withInbox(world: Observed, name: string, over: Partial<ObservedInbox>): Observed {
  return { ...world, inboxes: { ...world.inboxes, [name]: read({ ...inboxNamed(world, name), ...over }) } };
}

export function inboxNamed(world: Observed, name: string): ObservedInbox {
  const reading = world.inboxes[name];
  if (reading?.ok !== true) throw new Error(`inbox ${name} cannot be read`);
  return reading.value;
}

export function runOf(world: Observed, attempt: string): ObservedRun {
  const run = world.runs[attempt];
  if (run === undefined) throw new Error(`no run ${attempt}`);
  return run;
}

/** The session that carries an attempt; null: none does. */
export function carrierOf(world: Observed, attempt: string): ObservedSession | null {
  return Object.values(sessionsOf(world)).find(({ stamp }) => stamp?.work?.attempt === attempt) ?? null;
}

/** The session as the guard of tmux demands it; throws where the server would refuse. */
export function ownedBy(
  world: Observed,
  session: OwnedPoolSession,
  pane: { readonly dead?: boolean },
): ObservedSession {
  const there = sessionsOf(world)[session.id];
  if (there === undefined) throw new Error(`can't find session: ${session.id}`);
  const shown = there.panes[session.pane];
  if (there.name !== session.name || there.stamp?.owner !== session.owner)
    throw new Error('not that session');
  if (shown?.pid !== session.panePid) throw new Error('another process');
  if (pane.dead !== undefined && shown.dead !== pane.dead) throw new Error('it is alive, or is not');
  return there;
}

/** Which inbox, and which of its folders, a path lies in, and under which name. */
export function placeOf(
  world: Observed,
  path: string,
): { readonly inbox: string; readonly folder: string; readonly name: string } {
  for (const inbox of Object.keys(world.inboxes)) {
    for (const folder of ['inbox', 'claimed', 'done', 'failed', 'rejected', 'attempts']) {
      const at = folder === 'inbox' ? inboxDir(inbox) : besideInbox(inbox, folder);
      const name = path.slice(at.length + 1);
      if (path === `${at}/${name}` && name !== '' && !name.includes('/')) return { inbox, folder, name };
    }
  }
  throw new Error(`ENOENT ${path}`);
}

/** The claim at a path in `claimed/`, with what its record says. */
export function claimAt(
  world: Observed,
  path: string,
): { readonly inbox: string; readonly claim: Claim; readonly record: AttemptRecord | null } {
  const { inbox, folder, name } = placeOf(world, path);
  const claim = Object.values(inboxNamed(world, inbox).claims).find(({ file }) => file === name);
  if (folder !== 'claimed' || claim === undefined) throw new Error(`ENOENT ${path}`);
  const { record } = runOf(world, claim.attempt);
  return { inbox, claim, record: record.ok ? record.value : null };
}

export function without<T>(map: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== key));
}

/** Runs that are neither claimed nor carried are seen by nobody. */
function tidy(world: Observed): Observed {
  const carried = new Set(Object.values(sessionsOf(world)).map(({ stamp }) => stamp?.work?.attempt));
  const seen = Object.entries(world.runs).filter(
    ([attempt, { claim }]) => claim !== null || carried.has(attempt),
  );
  return { ...world, runs: Object.fromEntries(seen) };
}
