import { fileWriter } from '../host/files.ts';
import type { DesiredState } from '../model/desired.ts';
import { queueFolders } from '../model/queue.ts';
import { taskAddress } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { journalAct, operator } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { leaveWordOn } from './task-beside.ts';
import type { FoundTask } from './task-found.ts';
import { moveTask, withTask } from './task-move.ts';
import { taskRef } from './task-name.ts';
import type { Verb } from './verb.ts';
import { messageOf } from './task-word.ts';

/**
 * `task cancel ID`: one that waits goes to `failed/` here and now; for one that runs a word is left, and the loop ends
 * its agent. No lock: whoever renames first has it.
 */
export const run: Verb = async (context, invocation) => {
  const ref = taskRef(invocation.args[0] ?? '');
  const reason = messageOf(invocation);
  const { desired } = await loadFleet(context);
  return await withTask(context, desired, ref, ['running', 'parked', 'waiting'], async (found) => {
    if (found.claim !== null) return await leaveWordOn(context, desired, found.claim, 'cancelled', reason);
    return (await cancelWaiting(context, desired, found, reason)) ? EXIT.done : 'moved';
  });
};

async function cancelWaiting(
  context: Context,
  desired: DesiredState,
  found: FoundTask,
  reason: string,
): Promise<boolean> {
  const { failed } = queueFolders(desired.inboxes[found.view.inbox]?.dir ?? '');
  const to = await moveTask(found, [`${failed}/${found.file}`, `${failed}/${besides(found.file)}`]);
  if (to === null) return false;
  const by = `by ${operator(context.io)}, before it was started${reason === '' ? '' : `: ${reason}`}`;
  const target = taskAddress(found.view);
  // No attempt was made, so there is no record to say it.
  await fileWriter.write(`${to}.reason`, `cancelled\n\n${by}\n`, { fresh: false });
  journalAct(context, desired, { type: 'task.cancelled', target, message: by });
  say(context, `${target}: cancelled, before it was started`);
  return true;
}

/** Another name for it where its own is taken. */
function besides(file: string): string {
  return `${file.slice(0, -'.md'.length)}@${Date.now().toString(36)}.md`;
}
