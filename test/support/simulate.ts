import type { AttemptRecord } from '../../src/model/task.ts';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type { Action, ActionOf } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import type { Step } from './simulate-tasks.ts';
import {
  agentStopSteps,
  finishSteps,
  rejectSteps,
  relaunchSteps,
  returnSteps,
  startSteps,
  submitSteps,
  unclaimSteps,
} from './simulate-tasks.ts';
import { ownedBy, sessionsOf, withoutSession, withSession, withSessions } from './world.ts';

/** The world after one action as DESIGN says it acts; throws where the real thing would refuse. */
export function simulate(world: Observed, action: Action): Observed {
  return stepsOf(action).reduce((before, step) => step(before), world);
}

/** What an action does, step by step: a crash may come after any of them. */
export function stepsOf(action: Action): readonly Step[] {
  switch (action.type) {
    case 'task.start':
      return startSteps(action.effect);
    case 'task.unclaim':
      return unclaimSteps(action.effect);
    case 'task.reject':
      return rejectSteps(action.effect);
    case 'task.finish':
      return finishSteps(action.effect);
    case 'task.return':
      return returnSteps(action.effect);
    case 'task.submit':
      return submitSteps(action.effect);
    case 'task.park':
      return [(world) => parked(world, action.effect.record)];
    case 'agent.stop':
      return agentStopSteps(action.effect);
    case 'session.relaunch':
      return relaunchSteps(action.effect);
    case 'dedicated.stop':
    case 'dedicated.resume':
      throw new Error('no agent of an operator lives in a generated world');
    case 'notify.send':
      throw new Error('nobody is told anything in a generated world');
    case 'janitor.remove':
      return [(world) => withoutOld(world, action)];
    case 'link.create':
    case 'account.activate':
    case 'session.create':
    case 'session.recreate':
    case 'session.stop':
      return [(world) => atOnce(world, action)];
  }
}

/** What it removes is gone; a journal begun anew has a first line of now. */
function withoutOld(world: Observed, { target, effect }: ActionOf<'janitor.remove'>): Observed {
  const { leftovers } = world;
  const place = leftovers?.places[target];
  if (leftovers === undefined || place === undefined) throw new Error(`nobody looked at ${target}`);
  const gone = new Set(effect.entries.flatMap(({ parts }) => parts.map(({ identity }) => identity)));
  const entries = place.entries.filter(({ parts }) => !parts.some(({ identity }) => gone.has(identity)));
  const rotates = effect.rotates === null ? place.rotates : null;
  return {
    ...world,
    leftovers: { ...leftovers, places: { ...leftovers.places, [target]: { ...place, entries, rotates } } },
  };
}

/** Only its record changes. */
function parked(world: Observed, record: AttemptRecord): Observed {
  const run = world.runs[record.attempt];
  if (run === undefined) throw new Error(`no attempt ${record.attempt}`);
  return { ...world, runs: { ...world.runs, [record.attempt]: { ...run, record: read(record) } } };
}

type AtOnce = ActionOf<
  'link.create' | 'account.activate' | 'session.create' | 'session.recreate' | 'session.stop'
>;

function atOnce(world: Observed, action: AtOnce): Observed {
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
            ? { owner, kind: 'pool', pane: paneId, pid, work: null, freedAt: null }
            : { owner, kind: 'dedicated', pane: null, pid: null, work: null, freedAt: null },
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
            inputOdd: false,
          },
        },
      };
      return withSessions(world, { ...sessions, [created.id]: created });
    }
    case 'session.recreate': {
      const { session, frees, at } = action.effect;
      const there = ownedBy(world, session, { dead: true });
      const old = there.panes[session.pane];
      if (old === undefined || there.stamp === null) throw new Error('no such pane of ours');
      if ((there.stamp.work?.attempt ?? null) !== frees) throw new Error('it carries something else');
      const pid = old.pid + 100_000;
      const freedAt = frees === null ? there.stamp.freedAt : at;
      return withSession(world, {
        ...there,
        stamp: { ...there.stamp, pid, work: null, freedAt },
        panes: { [old.id]: { ...old, pid, dead: false, deadStatus: null, deadSignal: null } },
      });
    }
    case 'session.stop': {
      const there = ownedBy(world, action.effect.session, { dead: action.effect.ended });
      return withoutSession(world, there.id);
    }
  }
}

function mustBeAbsent(world: Observed, path: string): void {
  const there = world.paths[path];
  if (there?.ok !== true || there.value.type !== 'absent') throw new Error(`something is at ${path}`);
}
