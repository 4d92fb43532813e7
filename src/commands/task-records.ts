import type { FileReader } from '../model/host.ts';
import { recordFile, recordOf } from '../model/queue.ts';
import type { AttemptRecord } from '../model/task.ts';
import { parseRecord } from '../queue/record.ts';

/** The records of attempts that lie beside one inbox, each read when it is asked for. */
export interface Records {
  /** Null: there is none, or it is not one of ours. */
  readonly read: (id: string, attempt: string) => Promise<AttemptRecord | null>;
  /** Every attempt at tasks of this id, oldest first. */
  readonly all: (id: string) => Promise<readonly AttemptRecord[]>;
  /** The id of the task that this is an attempt at; null: there is no record of it. */
  readonly idOf: (attempt: string) => string | null;
  /** The attempt that put the task of this id, under this name, into that folder. */
  readonly endOf: (id: string, file: string, folder: string) => Promise<AttemptRecord | null>;
}

export async function recordsOf(files: FileReader, folder: string): Promise<Records> {
  const byId = new Map<string, string[]>();
  const ids = new Map<string, string>();
  const names = await files.names(folder);
  // A missing folder, or one that cannot be read: what was done is not known, and nothing here rests on it.
  for (const name of names.type === 'ok' ? names.value : []) {
    const record = recordOf(name);
    if (record === null) continue;
    byId.set(record.id, [...(byId.get(record.id) ?? []), record.attempt]);
    ids.set(record.attempt, record.id);
  }
  const read: Records['read'] = async (id, attempt) => {
    const text = await files.text(`${folder}/${recordFile(id, attempt)}`, LONGEST);
    return text.type === 'ok' ? parseRecord(text.value) : null;
  };
  const all: Records['all'] = async (id) => {
    const records = await Promise.all((byId.get(id) ?? []).map((attempt) => read(id, attempt)));
    return records.filter((each) => each !== null).toSorted((a, b) => a.startedAt - b.startedAt);
  };
  const endOf: Records['endOf'] = async (id, file, result) => {
    const named = attemptIn(file);
    if (named !== null && ids.get(named) === id) return await read(id, named);
    return (await all(id)).findLast(({ end }) => end?.result === result) ?? null;
  };
  return { read, all, idOf: (attempt) => ids.get(attempt) ?? null, endOf };
}

/** The attempt in the name of a file that was put aside because its own name was taken: `<stem>@<attempt>.md`. */
export function attemptIn(file: string): string | null {
  return /@([a-z0-9]{4,32})\.md$/.exec(file)?.[1] ?? null;
}

/** Bytes of a record that are read: one of ours has some thousand. */
const LONGEST = 262_144;
