import { join } from 'node:path';
import { RUN_FILES } from '../model/queue.ts';
import type { AttemptRecord } from '../model/task.ts';
import type { Look } from './look.ts';

/** Absolute: where an agent writes down what it is doing, beside what hooks of ours write. */
export type RecordFolders = (record: AttemptRecord) => readonly string[];

/**
 * Folders in which something happens when there is something to do for a task: its inbox, the folders of the attempts
 * that run, and where their agents register what they are doing.
 */
export function taskFolders({ input }: Pick<Look, 'input'>, recordFolders: RecordFolders): readonly string[] {
  const { desired, observed } = input;
  const runs = Object.values(observed.runs);
  const attempts = runs.flatMap(({ runDir, record }) => {
    const launches = record.ok && record.value !== null ? record.value.launches : 1;
    return [runDir, join(runDir, RUN_FILES.hooks), join(runDir, String(launches))];
  });
  const registries = runs.flatMap(({ record }) =>
    record.ok && record.value !== null ? recordFolders(record.value) : [],
  );
  return [
    ...new Set([...Object.values(desired.inboxes).map(({ dir }) => dir), ...attempts, ...registries]),
  ].toSorted();
}
