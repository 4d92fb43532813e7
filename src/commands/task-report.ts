import { existsSync } from 'node:fs';
import { fleetPaths } from '../host/paths.ts';
import { readLoopInfo } from '../host/state/loop-info.ts';
import type { RunWord } from '../model/run.ts';
import { EXIT } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { Stop } from './stop.ts';
import { namesTask, taskRef } from './task-name.ts';
import { leaveWord, messageOf, type OwnRun, ownRun } from './task-word.ts';
import type { Verb } from './verb.ts';

/**
 * `task done [ID]`, `task fail [ID]`: what became of a running task. Inside an agent it is its own task, no file of
 * the fleet is read, and another one's is refused (5); elsewhere the task is found by its claim.
 */
export function reporting(word: Extract<RunWord['type'], 'done' | 'failed'>): Verb {
  return async (context, invocation) => {
    const [text] = invocation.args;
    const message = messageOf(invocation);
    const own = ownRun(context.io.env);
    if (own === null) {
      if (text === undefined)
        throw new Stop(EXIT.usage, `which task? \`rollcall task list --state running\``);
      // Reading the fleet's file takes most of the time, and an agent needs none of it.
      const { leaveWordBeside } = await import('./task-beside.ts');
      return await leaveWordBeside(context, text, word, message);
    }
    if (text !== undefined) assertOwn(own, text);
    const said = await leaveWord(own.runDir, word, message);
    say(context, `${own.task ?? 'the task'}: ${said === 'again' ? 'was said before: ' : ''}${word}`);
    tellIfNobodyListens(context, own);
    return EXIT.done;
  };
}

function assertOwn({ task }: OwnRun, text: string): void {
  if (task === null) return;
  const [inbox = '', id = ''] = task.split('/');
  if (namesTask(taskRef(text), inbox, id)) return;
  throw new Stop(EXIT.refused, `this agent works on ${task}; it reports that one only, not ${text}`);
}

/** Only where it is certain: the loop's state folder may be out of the agent's sight. */
function tellIfNobodyListens(context: Context, { fleet }: OwnRun): void {
  const stateDir = stateDirOf(context, fleet);
  if (stateDir === null || !existsSync(stateDir) || readLoopInfo(stateDir).running) return;
  say(context, 'rollcall: no loop runs; it will be acted on when one does');
}

function stateDirOf({ io }: Context, fleet: OwnRun['fleet']): string | null {
  if (fleet === null) return null;
  if ('stateDir' in fleet) return fleet.stateDir;
  return /^[A-Za-z0-9_-]{1,64}$/.test(fleet.name) ? fleetPaths(fleet.name, io.env).state : null;
}
