import { TASK_STATES } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { taskDocument } from '../report/task-document.ts';
import { taskText } from '../report/task-text.ts';
import { print } from './context.ts';
import { loadFleet } from './load-fleet.ts';
import { detailOf } from './task-detail.ts';
import { taskRef } from './task-name.ts';
import { taskPlace } from './task-place.ts';
import { onlyOne, tasksNamed } from './task-ref.ts';
import type { Verb } from './verb.ts';

/** `task show ID`: one task with all its attempts; of several in one inbox the one that is furthest from its end. */
export const run: Verb = async (context, { args: [text = ''] }) => {
  const ref = taskRef(text);
  const { desired } = await loadFleet(context);
  const place = taskPlace(context, desired);
  const found = await tasksNamed(place, ref, TASK_STATES);
  const [first] = found;
  const isOneInbox = found.every(({ view }) => view.inbox === first.view.inbox);
  const detail = await detailOf(place, isOneInbox ? first : onlyOne(found, ref));
  print(
    context,
    () => taskDocument(detail),
    (style) => taskText(detail, style),
  );
  return EXIT.done;
};
