import { join } from 'node:path';
import type { FileReader } from '../model/host.ts';
import { recordOf } from '../model/queue.ts';
import type { PastAttempt } from '../model/task.ts';
import { parseRecord } from '../queue/record.ts';
import { boundedly } from './boundedly.ts';

/** More than any record of ours has. */
export const MOST_RECORD_BYTES = 256 * 1024;

/**
 * The attempts of these ids that are over, oldest first, keyed by id; each id has its list. `names` are those in `attempts/`, `before` what
 * was read of them in the look before: an attempt that is over stays as it is.
 */
export async function lookAtHistory(
  files: FileReader,
  folder: string,
  names: readonly string[],
  ids: ReadonlySet<string>,
  before: ReadonlyMap<string, PastAttempt>,
): Promise<{
  readonly history: Readonly<Record<string, readonly PastAttempt[]>>;
  readonly past: ReadonlyMap<string, PastAttempt>;
}> {
  const wanted = names.filter((name) => ids.has(name.slice(0, Math.max(0, name.lastIndexOf('@')))));
  const found = await boundedly(wanted, async (name) => ({
    name,
    attempt: before.get(name) ?? (await pastAttempt(files, folder, name)),
  }));
  const past = new Map<string, PastAttempt>();
  const history = new Map<string, readonly PastAttempt[]>(Array.from(ids, (id) => [id, NONE]));
  for (const { name, attempt } of found) {
    const id = recordOf(name)?.id;
    if (attempt === null || id === undefined) continue;
    past.set(name, attempt);
    history.set(
      id,
      [...(history.get(id) ?? []), attempt].toSorted((one, other) => one.at - other.at),
    );
  }
  return { history: Object.fromEntries(history), past };
}

const NONE: readonly PastAttempt[] = [];

/** Null: it goes on, or its record cannot be understood. */
async function pastAttempt(files: FileReader, folder: string, name: string): Promise<PastAttempt | null> {
  const named = recordOf(name);
  const text = await files.text(join(folder, name), MOST_RECORD_BYTES);
  const record = text.type === 'ok' ? parseRecord(text.value) : null;
  if (named === null || record === null || record.end === null) return null;
  if (record.attempt !== named.attempt || record.id !== named.id) return null;
  return { attempt: record.attempt, result: record.end.result, at: record.end.at };
}
