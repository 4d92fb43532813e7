import type { DesiredState } from '../model/desired.ts';
import { queueFolders } from '../model/queue.ts';
import type { Task } from '../model/task.ts';
import { type TaskDetail, taskAddress } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { taskDocument } from '../report/task-document.ts';
import { type Context, print, textOption } from './context.ts';
import { stateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { dropTask } from './task-drop.ts';
import { inboxesMeant, tellWithoutLoop } from './task-place.ts';
import { writtenTask } from './task-written.ts';
import type { Verb } from './verb.ts';

/**
 * `task add [FILE|-]`: checks a task and puts it into an inbox, under a name that nothing has there. Ends with 78
 * where the text would be rejected, 64 where an option is what makes it so, 5 where its id is taken or it asks for what the inbox does not allow.
 */
export const run: Verb = async (context, invocation) => {
  const { desired } = await loadFleet(context);
  const inbox = inboxGiven(desired, textOption(invocation, 'inbox'));
  const written = await writtenTask(context, invocation, desired, inbox);
  const file = await dropTask(queueFolders(desired.inboxes[inbox]?.dir ?? ''), written);
  const detail = waiting(context, desired, inbox, file, { ...written.task, id: written.idOf(file) });
  print(
    context,
    () => taskDocument(detail),
    () => `${taskAddress(detail.view)}\n`,
  );
  tellWithoutLoop(context, stateDir(context.io, desired), 'it will be worked on');
  return EXIT.done;
};

function inboxGiven(desired: DesiredState, named: string | null): string {
  const [inbox, second] = inboxesMeant(desired, named);
  if (inbox === undefined)
    throw new Stop(EXIT.noSuchThing, `fleet ${desired.name} has no inbox; declare one under inboxes`);
  if (second === undefined) return inbox;
  throw new Stop(EXIT.usage, `--inbox NAME says which inbox: ${Object.keys(desired.inboxes).join(', ')}`);
}

function waiting(
  { io }: Context,
  desired: DesiredState,
  inbox: string,
  file: string,
  task: Task,
): TaskDetail {
  const { id, title, priority, notBefore } = task;
  const path = `${desired.inboxes[inbox]?.dir ?? ''}/${file}`;
  const until = notBefore !== null && notBefore > io.now() ? notBefore : null;
  return {
    fleet: desired.name,
    view: {
      inbox,
      id,
      state: 'waiting',
      title,
      priority,
      path,
      since: io.now(),
      until,
      session: null,
      attempt: null,
      note: null,
    },
    task,
    attempts: [],
  };
}
