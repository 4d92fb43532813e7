import { type TaskState, TASK_STATES, taskAddress } from '../model/task-view.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';
import { findTasks } from './task-files.ts';
import type { FoundTask, TaskPlace } from './task-found.ts';
import type { TaskRef } from './task-name.ts';

/**
 * The one task of that name in one of these states. Ends with 4 where there is no such task, 5 where there is one in
 * no such state, 64 where it could be several, 1 where the folders could not be read.
 */
export async function findTask(
  place: TaskPlace,
  ref: TaskRef,
  states: readonly TaskState[],
): Promise<FoundTask> {
  return onlyOne(await tasksNamed(place, ref, states), ref);
}

/** Every task of that name in one of these states, in the order of the states; at least one. */
export async function tasksNamed(
  place: TaskPlace,
  ref: TaskRef,
  states: readonly TaskState[],
): Promise<readonly [FoundTask, ...FoundTask[]]> {
  const inboxes = Object.keys(place.desired.inboxes).filter((each) => (ref.inbox ?? each) === each);
  const { tasks, diagnostics } = await findTasks(place, inboxes, TASK_STATES);
  const all = named(tasks, ref);
  const [first, ...more] = states.flatMap((state) => all.filter(({ view }) => view.state === state));
  if (first !== undefined) return [first, ...more];
  const unread = diagnostics.find(({ severity }) => severity === 'error');
  if (unread !== undefined) throw new Stop(EXIT.failed, unread.detail);
  const [other] = all;
  if (other !== undefined)
    throw new Stop(
      EXIT.refused,
      `${taskAddress(other.view)} is ${other.view.state}, not ${states.join(' or ')}`,
    );
  throw new Stop(EXIT.noSuchThing, `there is no task ${ref.text} in fleet ${place.desired.name}`);
}

export function onlyOne(tasks: readonly [FoundTask, ...FoundTask[]], ref: TaskRef): FoundTask {
  const [first, ...more] = tasks;
  if (more.length === 0) return first;
  const choices = tasks.map(({ view, file }) => `${view.inbox}/${file} (${view.state})`);
  throw new Stop(EXIT.usage, `${ref.text} could be each of these; name one:\n  ${choices.join('\n  ')}`);
}

/** By the exact name of a file, or by id: a file's name tells apart those that have an id in common. */
export function named(tasks: readonly FoundTask[], ref: TaskRef): readonly FoundTask[] {
  const files = tasks.filter(({ file }) => file === ref.name);
  if (files.length > 0) return files;
  const ids = tasks.filter(({ view }) => view.id === ref.name);
  return ids.length > 0 ? ids : tasks.filter(({ file }) => file === `${ref.name}.md`);
}
