import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type { Action } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import { INCARNATION } from './fleet.ts';

/** The world after one action as DESIGN says it acts; throws where the real thing would refuse. */
export function simulate(world: Observed, action: Action): Observed {
  switch (action.type) {
    case 'link.create': {
      const { path, to, makeLink, makeTarget } = action.effect;
      const directories = makeTarget
        ? { ...world.directories, [to]: read({ type: 'present', real: to } as const) }
        : world.directories;
      if (!makeLink) return { ...world, directories };
      mustBeAbsent(world, path);
      return {
        ...world,
        directories,
        paths: { ...world.paths, [path]: read({ type: 'link', target: to, resolved: to }) },
      };
    }
    case 'account.activate': {
      const { link, home, from } = action.effect;
      const there = world.paths[link];
      const text = there?.ok === true && there.value.type === 'link' ? there.value.target : null;
      if (text !== from) throw new Error(`active link is ${String(text)}, not ${String(from)}`);
      if (from === null) mustBeAbsent(world, link);
      return {
        ...world,
        paths: { ...world.paths, [link]: read({ type: 'link', target: home, resolved: home }) },
      };
    }
    case 'session.create': {
      const { name, runs, owner } = action.effect;
      const sessions = sessionsOf(world);
      if (Object.values(sessions).some((each) => each.name === name))
        throw new Error(`duplicate session: ${name}`);
      const number = 1 + Math.max(0, ...Object.keys(sessions).map((id) => Number(id.slice(1))));
      const paneId = `%${String(number)}`;
      const pid = 90_000 + number;
      const created: ObservedSession = {
        id: `$${String(number)}`,
        name,
        createdAt: world.at,
        attached: 0,
        typedAt: null,
        stamp:
          runs.type === 'holder'
            ? { owner, kind: 'pool', pane: paneId, pid }
            : { owner, kind: 'dedicated', pane: null, pid: null },
        contradictedBy: null,
        panes: {
          [paneId]: {
            id: paneId,
            pid,
            dead: false,
            deadStatus: null,
            deadSignal: null,
            command: 'sleep',
            cwd: action.effect.cwd,
            inMode: false,
          },
        },
      };
      return withSessions(world, { ...sessions, [created.id]: created });
    }
    case 'session.recreate': {
      const there = mustBeThere(world, action.effect.session.id);
      const paneId = action.effect.session.pane;
      const old = there.panes[paneId];
      if (old === undefined || there.stamp === null) throw new Error('no such pane of ours');
      const pid = old.pid + 100_000;
      return withSessions(world, {
        ...sessionsOf(world),
        [there.id]: {
          ...there,
          stamp: { ...there.stamp, pid },
          panes: { [paneId]: { ...old, pid, dead: false, deadStatus: null, deadSignal: null } },
        },
      });
    }
    case 'session.stop': {
      const there = mustBeThere(world, action.effect.session.id);
      return withSessions(
        world,
        Object.fromEntries(Object.entries(sessionsOf(world)).filter(([id]) => id !== there.id)),
      );
    }
  }
}

export function sessionsOf(world: Observed): Readonly<Record<string, ObservedSession>> {
  return world.tmux.ok && world.tmux.value.type === 'up' ? world.tmux.value.sessions : {};
}

export function withSessions(world: Observed, sessions: Readonly<Record<string, ObservedSession>>): Observed {
  const inherited = world.tmux.ok && world.tmux.value.type === 'up' && world.tmux.value.stampInherited;
  return {
    ...world,
    tmux: read({ type: 'up', incarnation: INCARNATION, stampInherited: inherited, sessions }),
  };
}

function mustBeAbsent(world: Observed, path: string): void {
  const there = world.paths[path];
  if (there?.ok !== true || there.value.type !== 'absent') throw new Error(`something is at ${path}`);
}

function mustBeThere(world: Observed, id: string): ObservedSession {
  const there = sessionsOf(world)[id];
  if (there === undefined) throw new Error(`can't find session: ${id}`);
  return there;
}
