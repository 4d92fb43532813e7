import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileReader, fileWriter } from '../host/files.ts';
import { claimOf, type QueueFolders, recordOf } from '../model/queue.ts';
import { EXIT } from '../model/words.ts';
import { taskId } from '../queue/file-name.ts';
import { Stop } from './stop.ts';
import type { WrittenTask } from './task-written.ts';

/**
 * Puts a task into its inbox, whole and never over anything, and gives its file's name. A name of its own making is
 * numbered until it is free; a task that says its id itself ends with 5 where that waits or runs already.
 */
export async function dropTask(folders: QueueFolders, written: WrittenTask): Promise<string> {
  await makeInbox(folders.inbox);
  const used = await usedNames(folders, !written.fixed);
  for (let number = 1; number <= (written.fixed ? 1 : MOST); number += 1) {
    const name = number === 1 ? written.name : `${written.name}-${String(number)}`;
    if (used.has(name)) continue;
    const answer = await fileWriter.write(`${folders.inbox}/${name}.md`, written.text, { fresh: true });
    if (answer.type === 'ok') return `${name}.md`;
    if (answer.code !== 'EEXIST')
      throw new Stop(EXIT.failed, `cannot write into ${folders.inbox}: ${answer.text}`);
  }
  throw new Stop(
    EXIT.refused,
    `there is a task ${written.name} already; \`rollcall task show ${written.name}\` says where, --id gives another id`,
  );
}

/** How many tasks of one name are told apart by a number. */
const MOST = 9999;

/**
 * The inbox and the folder it stands in, as a person would make them. Not more: a project that is not there is rather
 * a mistake in the file.
 */
async function makeInbox(inbox: string): Promise<void> {
  const project = await fileReader.directory(dirname(dirname(inbox)));
  if (project.type === 'ok' && project.value.type !== 'present')
    throw new Stop(
      EXIT.refused,
      `there is no folder ${dirname(dirname(inbox))} to make the inbox ${inbox} in`,
    );
  try {
    await mkdir(inbox, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Stop(EXIT.failed, `the inbox ${inbox} cannot be made: ${why}`);
  }
}

/**
 * Ids that wait or run; with `ever` also those of tasks that are over, so that a name of our making does not take up
 * the history of another task.
 */
async function usedNames(folders: QueueFolders, ever: boolean): Promise<ReadonlySet<string>> {
  const open = [
    ...idsOf(await namesIn(folders.inbox)),
    ...(await namesIn(folders.claimed)).map((file) => claimOf('', file)?.id ?? null),
  ];
  const over = ever
    ? [
        ...(await namesIn(folders.attempts)).map((file) => recordOf(file)?.id ?? null),
        ...idsOf([...(await namesIn(folders.done)), ...(await namesIn(folders.failed))]),
      ]
    : [];
  return new Set([...open, ...over].filter((id) => id !== null));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const answer = await fileReader.names(folder);
  return answer.type === 'ok' ? answer.value : [];
}

function idsOf(files: readonly string[]): readonly (string | null)[] {
  return files.map(taskId);
}
