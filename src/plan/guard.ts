import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action } from '../model/plan.ts';
import { parksOnlyForQuota } from './guard-park.ts';
import { broken } from './guard-broken.ts';
import { stopsOnlyOurAgents } from './guard-agents.ts';
import { resumesOnlyStopped, stopsOnlyResumable } from './guard-dedicated.ts';
import { removesOnlyOld } from './guard-janitor.ts';
import { activatesOnlyDeclared, linksOnlyWhereNothingIs } from './guard-links.ts';
import { sendsOnlyDeclared } from './guard-notices.ts';
import {
  finishesOnlyClaimed,
  rejectsOnlyBad,
  returnsOnlyInterrupted,
  unclaimsOnlyWhatNeverRan,
} from './guard-queue.ts';
import { createsOnlyDeclared, touchesOnlyOurs } from './guard-sessions.ts';
import { relaunchesOnlyWhatEnded, startsOnlyWaiting, submitsOnlyInStep } from './guard-tasks.ts';

/**
 * A second opinion on a finished plan. It shares no code with the planner: each promise of SPEC §9 that a plan
 * can break is checked again here from what was observed, plainly and slowly. Anything found refuses the whole plan.
 */
export function guard(actions: readonly Action[], input: PlanInput): readonly Diagnostic[] {
  const found = [...actions.flatMap((action) => checkOne(action, input)), ...checkTogether(actions, input)];
  return found.map((detail) => ({
    severity: 'error',
    code: 'guard',
    target: 'plan',
    summary: 'The plan broke a promise and was refused whole; this is a bug in Rollcall',
    detail,
    help: 'Please report it with the output of: rollcall plan -o json',
  }));
}

function checkOne(action: Action, input: PlanInput): readonly string[] {
  switch (action.type) {
    case 'session.stop':
    case 'session.recreate':
      return touchesOnlyOurs(action, input);
    case 'session.create':
      return createsOnlyDeclared(action, input);
    case 'session.relaunch':
      return relaunchesOnlyWhatEnded(action, input);
    case 'link.create':
      return linksOnlyWhereNothingIs(action, input);
    case 'account.activate':
      return activatesOnlyDeclared(action, input);
    case 'agent.stop':
      return stopsOnlyOurAgents(action, input);
    case 'dedicated.stop':
      return stopsOnlyResumable(action, input);
    case 'dedicated.resume':
      return resumesOnlyStopped(action, input);
    case 'task.start':
      return startsOnlyWaiting(action, input);
    case 'task.submit':
      return submitsOnlyInStep(action, input);
    case 'task.reject':
      return rejectsOnlyBad(action, input);
    case 'task.finish':
      return finishesOnlyClaimed(action, input);
    case 'task.return':
      return returnsOnlyInterrupted(action, input);
    case 'task.park':
      return parksOnlyForQuota(action, input);
    case 'task.unclaim':
      return unclaimsOnlyWhatNeverRan(action, input);
    case 'notify.send':
      return sendsOnlyDeclared(action, input);
    case 'janitor.remove':
      return removesOnlyOld(action, input);
  }
}

function checkTogether(actions: readonly Action[], input: PlanInput): readonly string[] {
  const { reconcile, name: fleet, dedicated } = input.desired;
  const { tmux } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const touched = actions.flatMap(({ effect }) =>
    'session' in effect && effect.session !== null ? [effect.session] : [],
  );
  const panes = new Set(touched.map(({ pane }) => pane));
  const shown = sessions.flatMap((session) => Object.keys(session.panes).filter((id) => panes.has(id)));
  const ours = sessions.filter(
    ({ name, stamp }) => stamp?.owner === fleet && stamp.kind === 'pool' && !(name in dedicated),
  );
  const { maxActions, maxDisruptions } = reconcile;
  const allowed =
    maxDisruptions.type === 'count'
      ? maxDisruptions.count
      : Math.max(1, Math.floor(ours.length * maxDisruptions.share));
  return broken('the plan as a whole', [
    [actions.length <= maxActions, 'more actions than reconcile.maxActions'],
    [isEachOnce(actions.map(({ target }) => target)), 'two actions for one thing'],
    [isEachOnce(touched.map(({ id }) => id)), 'two actions for one session'],
    [isEachOnce(actions.flatMap(attemptsOf)), 'two actions for one run of a task'],
    [isEachOnce(actions.flatMap(conversationsOf)), 'two agents for one conversation'],
    [isEachOnce(actions.flatMap(destinationsOf)), 'two files for one place'],
    [isEachOnce(shown), 'another session shows a pane to be touched, too'],
    [
      actions.filter(({ disrupts }) => disrupts).length <= allowed,
      'more disruptions than reconcile.maxDisruptions',
    ],
  ]);
}

function isEachOnce(words: readonly string[]): boolean {
  return new Set(words).size === words.length;
}

function attemptsOf({ effect }: Action): readonly string[] {
  if ('attempt' in effect) return [effect.attempt];
  if (effect.type === 'task.start') return [effect.claim.attempt];
  if (effect.type === 'task.park') return [effect.record.attempt];
  if (effect.type === 'session.recreate') return effect.frees === null ? [] : [effect.frees];
  return effect.type === 'task.finish' || effect.type === 'task.return' ? [effect.claimed] : [];
}

function conversationsOf({ effect }: Action): readonly string[] {
  if (effect.type === 'dedicated.resume') return [effect.note.conversation];
  return 'launch' in effect ? [effect.launch.conversation ?? []].flat() : [];
}

function destinationsOf({ effect }: Action): readonly string[] {
  if (effect.type === 'task.start') return [effect.claimed];
  const isMove =
    effect.type === 'task.finish' || effect.type === 'task.return' || effect.type === 'task.reject';
  if (isMove) return [effect.to];
  return effect.type === 'task.unclaim' && effect.to !== null ? [effect.to] : [];
}
