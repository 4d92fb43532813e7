import type { HostWriter } from '../model/host.ts';
import type { Action } from '../model/plan.ts';
import type { StepResult } from '../model/step.ts';
import { activateAccount } from './account.ts';
import { resumeDedicated, stopDedicated } from './dedicated.ts';
import { removeOld } from './janitor.ts';
import { createLink } from './link.ts';
import { queueNotice } from './notice.ts';
import type { Outcome } from './outcome.ts';
import { stopAgent } from './agent.ts';
import type { Launches } from './launches.ts';
import { createSession, recreateSession, stopSession } from './session.ts';
import { finishTask, parkTask, rejectTask } from './task-file.ts';
import { relaunchAgent, startTask } from './task-start.ts';
import { submitTask } from './task-submit.ts';
import { unclaimTask } from './task-unclaim.ts';

export interface ApplyOptions {
  /** Called before each action, so that what was begun is on record even if we die in it. */
  readonly onStart?: (action: Action) => void;
  /** Called after each action. */
  readonly onStep?: (result: StepResult) => void;
  /** Asked before each action; the one at hand is always finished. */
  readonly stop?: () => boolean;
}

/**
 * Carries out the actions in order, each as one guarded effect. The first that is not `applied` ends it: the
 * rest was planned for a world that is no more, and comes again with the next look where it is still right.
 */
export async function apply(
  host: HostWriter,
  launches: Launches,
  actions: readonly Action[],
  options: ApplyOptions = {},
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const action of actions) {
    if (options.stop?.() === true) break;
    options.onStart?.(action);
    const begun = host.now();
    const { outcome, text } = await effectOf(host, launches, action);
    const { type, target } = action;
    const result: StepResult = { type, target, outcome, text, tookMs: Math.max(0, host.now() - begun) };
    results.push(result);
    options.onStep?.(result);
    if (outcome !== 'applied') break;
  }
  return results;
}

function effectOf(host: HostWriter, launches: Launches, action: Action): Promise<Outcome> {
  switch (action.type) {
    case 'link.create':
      return createLink(host, action.effect);
    case 'account.activate':
      return activateAccount(host, action.effect);
    case 'session.create':
      return createSession(host, action.effect);
    case 'session.recreate':
      return recreateSession(host, action.effect);
    case 'session.stop':
      return stopSession(host, action.effect);
    case 'session.relaunch':
      return relaunchAgent(host, launches, action.effect);
    case 'agent.stop':
      return stopAgent(host, action.effect);
    case 'dedicated.stop':
      return stopDedicated(host, launches, action.effect);
    case 'dedicated.resume':
      return resumeDedicated(host, action.effect);
    case 'task.reject':
      return rejectTask(host, launches, action.effect);
    case 'task.start':
      return startTask(host, launches, action.effect);
    case 'task.submit':
      return submitTask(host, action.effect);
    case 'task.finish':
      return finishTask(host, launches, action.effect);
    case 'task.return':
      return finishTask(host, launches, action.effect);
    case 'task.park':
      return parkTask(host, launches, action.effect);
    case 'task.unclaim':
      return unclaimTask(host, action.effect);
    case 'notify.send':
      return queueNotice(host, action.effect);
    case 'janitor.remove':
      return removeOld(host, action.effect);
  }
}
