import { fileWriter } from '../host/files.ts';
import type { DesiredState } from '../model/desired.ts';
import { queueFolders } from '../model/queue.ts';
import { taskAddress } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { journalAct, operator, stateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import type { FoundTask } from './task-found.ts';
import { moveTask, withTask } from './task-move.ts';
import { taskRef } from './task-name.ts';
import { tellWithoutLoop } from './task-place.ts';
import type { Verb } from './verb.ts';

/** `task retry ID`: a failed or rejected task goes back into its inbox; 5 where it would be rejected again at once. */
export const run: Verb = async (context, { args: [text = ''] }) => {
  const { desired } = await loadFleet(context);
  return await withTask(context, desired, taskRef(text), ['failed', 'rejected'], async (found) => {
    if (found.refusal !== null) throw new Stop(EXIT.refused, `it would be rejected again: ${found.refusal}`);
    return (await putBack(context, desired, found)) ? EXIT.done : 'moved';
  });
};

async function putBack(context: Context, desired: DesiredState, found: FoundTask): Promise<boolean> {
  const { view, file, record } = found;
  const { inbox } = queueFolders(desired.inboxes[view.inbox]?.dir ?? '');
  const to = await moveTask(found, [`${inbox}/${record?.file ?? file}`]);
  if (to === null) return false;
  // What it says is over; a task that is there alone needs none.
  await fileWriter.remove(`${view.path}.reason`);
  const target = taskAddress(view);
  const message = `put back by ${operator(context.io)}; it was ${view.state}`;
  journalAct(context, desired, { type: 'task.retried', target, message });
  say(context, `${target}: back in its inbox`);
  tellWithoutLoop(context, stateDir(context.io, desired), 'it will be worked on');
  return true;
}
