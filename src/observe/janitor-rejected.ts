import { queueFolders } from '../model/queue.ts';
import { REJECT_REASONS } from '../model/task.ts';
import type { Collected, Collecting } from './janitor.ts';
import { withReasons } from './janitor-cancelled.ts';
import { listed, oldestFirst } from './janitor-parts.ts';

/** Files that could be no task, each with its reason; a folder among them stays, for all that may be in it. */
export async function collectRejected(about: Collecting, inbox: string): Promise<Collected> {
  const { leftovers, desired, at } = about;
  const { rejected } = queueFolders(desired.inboxes[inbox]?.dir ?? '');
  const answer = await listed(leftovers, rejected, (name) => !name.startsWith('.'));
  if (answer.type === 'error') return { places: {}, problem: { folder: rejected, text: answer.text } };
  const entries = await withReasons(about, rejected, answer.value, {
    words: REJECT_REASONS,
    isPast: ({ changedAt }) => changedAt + desired.janitor.keepFailedMs <= at,
    isFree: () => true,
  });
  const place = {
    kind: 'rejected',
    entries: oldestFirst(entries),
    more: false,
    nextAt: null,
    rotates: null,
  } as const;
  return { places: { [`inbox/${inbox}/rejected`]: place }, problem: null };
}
