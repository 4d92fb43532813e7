import { dirname, join } from 'node:path';
import type { DesiredState } from '../model/desired.ts';
import type { FileReader } from '../model/host.ts';
import type { InboxStatus } from '../model/status.ts';

/** How many tasks lie where, by inbox: the folder a task is in is its state (SPEC §5.1). What cannot be read counts none. */
export async function inboxCounts(
  files: FileReader,
  desired: DesiredState,
): Promise<Readonly<Record<string, InboxStatus>>> {
  const counted = Object.entries(desired.inboxes).map(
    async ([name, { dir }]) => [name, await countsOf(files, dir)] as const,
  );
  return Object.fromEntries(await Promise.all(counted));
}

async function countsOf(files: FileReader, dir: string): Promise<InboxStatus> {
  const beside = (folder: string): Promise<number> => tasksIn(files, join(dirname(dir), folder));
  const [waiting, running, done, failed, rejected] = await Promise.all([
    tasksIn(files, dir),
    beside('claimed'),
    beside('done'),
    beside('failed'),
    beside('rejected'),
  ]);
  return { waiting, running, parked: 0, done, failed, rejected };
}

async function tasksIn(files: FileReader, dir: string): Promise<number> {
  const names = await files.names(dir);
  return names.type === 'ok' ? names.value.filter((name) => /^[^.].*\.md(@|$)/.test(name)).length : 0;
}
