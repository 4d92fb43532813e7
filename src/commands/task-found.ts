import type { DesiredState, InboxSpec } from '../model/desired.ts';
import type { FileEntry, FileReader } from '../model/host.ts';
import { claimOf, type QueueFolders } from '../model/queue.ts';
import type { AttemptRecord, Claim, Task } from '../model/task.ts';
import type { TaskState, TaskView } from '../model/task-view.ts';
import { taskId } from '../queue/file-name.ts';
import { type ReadTask, readTask } from '../queue/read-task.ts';
import { attemptIn, type Records } from './task-records.ts';

/** Where tasks are looked for, with no power to change anything. */
export interface TaskPlace {
  readonly files: FileReader;
  readonly desired: DesiredState;
  /** Absolute: what `~` means in a task. */
  readonly home: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One task file as it was found. */
export interface FoundTask {
  readonly view: TaskView;
  /** Its name in its folder. */
  readonly file: string;
  /** As it was read; whoever moves it says so. */
  readonly identity: string;
  /** Null: it can be no task. */
  readonly task: Task | null;
  /** Why not, in one line; null: it can be one. */
  readonly refusal: string | null;
  readonly claim: Claim | null;
  /** Of the attempt that has it, or that put it where it is. */
  readonly record: AttemptRecord | null;
}

export type Folder = Exclude<keyof QueueFolders, 'attempts'>;

/** The folder that a file stands in. */
export interface Where extends TaskPlace {
  readonly inbox: string;
  readonly spec: InboxSpec;
  readonly records: Records;
  readonly folder: Folder;
  readonly path: string;
}

export type NamedEntry = readonly [file: string, entry: FileEntry];

/** The task that a file is, whatever can be read of it; none where it is not ours. */
export async function foundIn(where: Where, [file, entry]: NamedEntry): Promise<readonly FoundTask[]> {
  const { inbox, folder, path, records } = where;
  const claim = folder === 'claimed' ? claimOf(inbox, file) : null;
  // What is not ours in claimed/ is nobody's task.
  if (folder === 'claimed' && claim === null) return [];
  const read = await readIn(where, file, entry);
  const task = read.ok ? read.task : null;
  const refusal = read.ok ? null : `${read.reason}: ${read.detail.replaceAll('\n', '; ')}`;
  const attempt = attemptIn(file);
  const known = attempt === null ? null : records.idOf(attempt);
  const id = claim?.id ?? known ?? task?.id ?? taskId(file) ?? file;
  const record =
    claim === null ? await records.endOf(id, file, folder) : await records.read(id, claim.attempt);
  const parked = record?.parkedUntil ?? null;
  const view: TaskView = {
    inbox,
    id,
    state: folder === 'claimed' ? (parked === null ? 'running' : 'parked') : STATE[folder],
    title: record?.title ?? task?.title ?? null,
    priority: task?.priority ?? record?.priority ?? null,
    path: `${path}/${file}`,
    since: claim === null ? entry.changedAt : (record?.startedAt ?? entry.changedAt),
    until:
      folder === 'claimed' ? parked : later(folder === 'inbox' ? (task?.notBefore ?? null) : null, where),
    session: claim?.session ?? record?.session ?? null,
    attempt: claim?.attempt ?? record?.attempt ?? null,
    note: await noteOf(where, file, refusal, record?.end ?? null),
  };
  return [{ view, file, identity: entry.identity, task, refusal, claim, record }];
}

const STATE: Readonly<Record<Exclude<Folder, 'claimed'>, TaskState>> = {
  inbox: 'waiting',
  failed: 'failed',
  rejected: 'rejected',
  done: 'done',
};

function later(time: number | null, { now }: Where): number | null {
  return time !== null && time > now ? time : null;
}

/** What is no plain file is not opened. */
async function readIn(where: Where, file: string, entry: FileEntry): Promise<ReadTask> {
  if (entry.type !== 'file') return { ok: false, reason: 'not-a-file', detail: `it is a ${entry.type}` };
  if (entry.names > 1)
    return { ok: false, reason: 'hard-link', detail: `it has ${String(entry.names)} names; copy it` };
  const { maxBytes } = where.desired.tasks;
  if (entry.size > maxBytes)
    return { ok: false, reason: 'too-large', detail: `it has more than ${String(maxBytes)} bytes` };
  const answer = await where.files.bytes(`${where.path}/${file}`, maxBytes);
  if (answer.type === 'error') return { ok: false, reason: 'unreadable', detail: answer.text };
  // A claimed file has another name than the one that was dropped; the id is in its name.
  return readTask(answer.value.bytes, file, { home: where.home, cwd: where.spec.cwd, maxBytes });
}

async function noteOf(
  where: Where,
  file: string,
  refusal: string | null,
  end: { readonly reason: string; readonly detail: string } | null,
): Promise<string | null> {
  switch (where.folder) {
    case 'claimed':
      return null;
    case 'inbox':
      return refusal === null ? null : `will be rejected: ${refusal}`;
    case 'done':
    case 'failed':
    case 'rejected':
      return (await reasonBeside(where, file)) ?? (end === null ? null : `${end.reason}: ${end.detail}`);
  }
}

/** What the file beside it says: `<name>.reason`, a word, an empty line, and more. */
async function reasonBeside({ files, path, folder }: Where, file: string): Promise<string | null> {
  if (folder === 'done') return null;
  const answer = await files.text(`${path}/${file}.reason`, 16_384);
  if (answer.type === 'error') return null;
  const lines = answer.value.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? null : lines.slice(0, 2).join(': ');
}
