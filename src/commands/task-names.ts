import type { DesiredState } from '../model/desired.ts';
import type { FileReader } from '../model/host.ts';
import { claimOf, queueFolders } from '../model/queue.ts';
import { taskId } from '../queue/file-name.ts';
import type { TaskNames } from './fleet-names.ts';

/** What tasks may be called, by the names of their files alone: no file is opened, so a shell need not wait. */
export async function taskNames(
  files: FileReader,
  desired: DesiredState,
): Promise<Readonly<Record<string, TaskNames>>> {
  const named = Object.entries(desired.inboxes).map(
    async ([inbox, { dir }]) => [inbox, await namesIn(files, inbox, dir)] as const,
  );
  return Object.fromEntries(await Promise.all(named));
}

async function namesIn(files: FileReader, inbox: string, dir: string): Promise<TaskNames> {
  const folders = queueFolders(dir);
  const list = async (folder: string): Promise<readonly string[]> => {
    const answer = await files.names(folder);
    return answer.type === 'ok' ? answer.value.filter((name) => /^[^.].*\.md$/s.test(name)) : [];
  };
  const ids = async (folder: string): Promise<readonly string[]> =>
    (await list(folder)).map(taskId).filter((id) => id !== null);
  return {
    waiting: await ids(folders.inbox),
    running: (await list(folders.claimed)).flatMap((file) => claimOf(inbox, file)?.id ?? []),
    failed: await ids(folders.failed),
    rejected: await ids(folders.rejected),
    done: await ids(folders.done),
  };
}
