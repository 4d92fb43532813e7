import type { Explanation } from '../model/explanation.ts';
import type { AttemptRecord } from '../model/task.ts';
import { taskAddress } from '../model/task-view.ts';
import { durationWords } from '../plan/duration.ts';
import { detailOf } from './task-detail.ts';
import { findTasks } from './task-files.ts';
import type { FoundTask, TaskPlace } from './task-found.ts';
import { taskRef } from './task-name.ts';
import { named } from './task-ref.ts';

/** Why a task that is over ended as it did: done, failed or rejected. Null: there is none of that name, or several. */
export async function explainOver(place: TaskPlace, name: string): Promise<Explanation | null> {
  if (name.includes('/') && !/^task\/[^/]+(\/[^/]+)?$/.test(name)) return null;
  const ref = taskRef(name);
  const inboxes = Object.keys(place.desired.inboxes).filter((each) => (ref.inbox ?? each) === each);
  const { tasks } = await findTasks(place, inboxes, ['failed', 'rejected', 'done']);
  const [found, second] = named(tasks, ref);
  if (found === undefined || second !== undefined) return null;
  const { attempts } = await detailOf(place, found);
  const { view } = found;
  const ago = view.since === null ? '' : `, since ${durationWords(place.now - view.since)}`;
  return {
    target: taskAddress(view),
    is: `task ${view.id} of inbox ${view.inbox} is ${view.state}${ago}`,
    because: [
      ...(view.note === null ? [] : [view.note]),
      ...attempts.map((each) => attemptWords(each, place.now)),
      `its file is ${view.path}`,
    ].map((text) => ({ text, source: null })),
    next: null,
    nextAt: null,
    help: helpFor(found),
  };
}

function attemptWords(
  { number, session, account, launches, end, conversation }: AttemptRecord,
  now: number,
): string {
  const under = account === null ? '' : `, account ${account}`;
  const times = launches > 1 ? `, its agent started ${String(launches)} times` : '';
  const result =
    end === null
      ? 'has no end'
      : `${end.result} (${end.reason}) ${durationWords(now - end.at)} ago: ${end.detail}`;
  return `attempt ${String(number)} in ${session}${under}${times}, conversation ${conversation ?? 'not known'}: ${result}`;
}

function helpFor({ view, refusal }: FoundTask): string | null {
  if (view.state === 'done') return null;
  // It would be rejected again: the file is to be mended first.
  return refusal === null ? `rollcall task retry ${view.inbox}/${view.id}` : null;
}
