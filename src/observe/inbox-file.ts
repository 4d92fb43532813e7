import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileAnswer, FileEntry, FileReader } from '../model/host.ts';
import type { RejectReason } from '../model/task.ts';
import { readTask } from '../queue/read-task.ts';
import type { TaskContext } from '../queue/written.ts';
import type { ReadFile } from './look-cache.ts';
import { QUIET_MS, quietAt } from './settled.ts';

/** What the files of one inbox are read under. */
export interface InboxContext extends TaskContext {
  /** Absolute: the folder they are in. */
  readonly dir: string;
  readonly maxBytes: number;
}

/** What a file is; `later`: that cannot be told yet; `gone`: it went while we looked. */
export type FileFinding =
  | { readonly type: 'read'; readonly file: ReadFile }
  | { readonly type: 'later'; readonly until: number; readonly why: string }
  | { readonly type: 'gone' };

/** Reads a file as a task where it has been quiet for long enough to be worth it. Follows no link, opens no pipe. */
export async function readInboxFile(
  files: FileReader,
  context: InboxContext,
  name: string,
  entry: FileEntry,
  now: number,
): Promise<FileFinding> {
  const unfit = unfitness(entry, context.maxBytes);
  if (unfit !== null) return bad(entry, ...unfit);
  const isEmpty = entry.size === 0;
  const until = quietAt(entry, isEmpty ? QUIET_MS.empty : QUIET_MS.whole, now);
  if (until !== null) return { type: 'later', until, why: isEmpty ? 'it is empty so far' : CHANGED };
  const answer = await files.bytes(join(context.dir, name), context.maxBytes);
  if (answer.type === 'error') return unread(entry, answer, now);
  const { bytes, identity } = answer.value;
  if (identity !== entry.identity) return { type: 'later', until: now + QUIET_MS.whole, why: CHANGED };
  return whole(context, name, entry, bytes);
}

const CHANGED = 'it changed a moment ago';

const NEWLINE = 0x0a;

function whole(context: InboxContext, name: string, entry: FileEntry, bytes: Uint8Array): FileFinding {
  const read = readTask(bytes, name, context);
  if (!read.ok) return bad(entry, read.reason, read.detail);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    type: 'read',
    file: {
      changedAt: entry.changedAt,
      quietMs: bytes.at(-1) === NEWLINE ? QUIET_MS.whole : QUIET_MS.unfinished,
      entry: {
        type: 'task',
        task: read.task,
        identity: entry.identity,
        since: Math.floor(entry.modifiedAt),
        bytes: bytes.length,
        sha256,
      },
    },
  };
}

function bad(entry: FileEntry, reason: RejectReason, detail: string): FileFinding {
  const quietMs = entry.type === 'file' && entry.size === 0 ? QUIET_MS.empty : QUIET_MS.bad;
  const { identity } = entry;
  return {
    type: 'read',
    file: { changedAt: entry.changedAt, quietMs, entry: { type: 'bad', identity, reason, detail } },
  };
}

/** Why a file need not even be opened; null: it may be a task. */
function unfitness(
  { type, size, names, nameIsText }: FileEntry,
  maxBytes: number,
): [reason: RejectReason, detail: string] | null {
  if (!nameIsText) return ['bad-name', 'the file’s name is not UTF-8; rename it'];
  if (type !== 'file') return ['not-a-file', `it is ${KIND[type]}; a task is a file of its own`];
  if (names > 1) return ['hard-link', `the file has ${String(names)} names (hard links); copy it instead`];
  if (size <= maxBytes) return null;
  const most = `at most ${String(maxBytes)} (tasks.maxBytes)`;
  return ['too-large', `the file has ${String(size)} bytes, ${most}; shorten it and point at a longer text`];
}

const KIND: Readonly<Record<Exclude<FileEntry['type'], 'file'>, string>> = {
  directory: 'a folder',
  link: 'a symbolic link',
  other: 'a pipe, a socket or a device',
};

/** Only a file that is closed to us is bad; whatever else goes wrong may be right a moment later. */
function unread(
  entry: FileEntry,
  { code, text }: Extract<FileAnswer<never>, { type: 'error' }>,
  now: number,
): FileFinding {
  if (code === 'ENOENT') return { type: 'gone' };
  if (code === 'EACCES' || code === 'EPERM')
    return bad(entry, 'unreadable', `the file may not be read: ${code}`);
  return { type: 'later', until: now + QUIET_MS.unfinished, why: `it could not be read: ${text}` };
}
