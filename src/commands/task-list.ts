import { TASK_STATES } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { diagnosticsLines } from '../report/diagnostics-text.ts';
import { taskListDocument } from '../report/task-document.ts';
import { taskListText } from '../report/task-list-text.ts';
import { errorStyle, listOption, print, say, textOption } from './context.ts';
import { loadFleet } from './load-fleet.ts';
import { findTasks } from './task-files.ts';
import { inboxesMeant, taskPlace } from './task-place.ts';
import type { Verb } from './verb.ts';

/** `task list`: the tasks of all inboxes, or of one, in all states, or in some. Ends with 1 where one could not be read. */
export const run: Verb = async (context, invocation) => {
  const { desired } = await loadFleet(context);
  const inboxes = inboxesMeant(desired, textOption(invocation, 'inbox'));
  const asked = listOption(invocation, 'state');
  const states = TASK_STATES.filter((state) => asked.length === 0 || asked.includes(state));
  const place = taskPlace(context, desired);
  const { tasks, diagnostics } = await findTasks(place, inboxes, states);
  const list = {
    fleet: desired.name,
    observedAt: place.now,
    tasks: tasks.map(({ view }) => view),
    diagnostics,
  };
  print(
    context,
    () => taskListDocument(list),
    (style) => taskListText(list, style),
  );
  if (context.output === 'text')
    for (const line of diagnosticsLines(diagnostics, errorStyle(context))) say(context, line);
  return diagnostics.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.done;
};
