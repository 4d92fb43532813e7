import { queueFolders } from '../model/queue.ts';
import type { TaskDetail } from '../model/task-view.ts';
import type { FoundTask, TaskPlace } from './task-found.ts';
import { recordsOf } from './task-records.ts';

/** All there is to know of a task that was found. */
export async function detailOf(
  { files, desired }: TaskPlace,
  { view, task }: FoundTask,
): Promise<TaskDetail> {
  const { attempts } = queueFolders(desired.inboxes[view.inbox]?.dir ?? '');
  const records = await recordsOf(files, attempts);
  return { fleet: desired.name, view, task, attempts: await records.all(view.id) };
}
