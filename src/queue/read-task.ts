import type { Task } from '../model/task.ts';
import { decodeTask } from './decode.ts';
import { badName, taskId } from './file-name.ts';
import { readFrontmatter } from './frontmatter.ts';
import { type Refusal, refused } from './refusal.ts';
import { splitTask } from './split.ts';
import type { TaskContext } from './written.ts';

export type ReadTask = { readonly ok: true; readonly task: Task; readonly body: string } | Refusal;

/**
 * The task that a file of this name and content is. `body` is everything behind the frontmatter, byte for byte.
 * `maxBytes` + 1 bytes are enough to tell that a file is too large. Never throws; a hostile file of any kind takes
 * milliseconds.
 */
export function readTask(
  bytes: Uint8Array,
  file: string,
  context: TaskContext & { readonly maxBytes: number },
): ReadTask {
  const bad = badName(file);
  if (bad !== null) return refused('bad-name', bad);
  const decoded = decodeTask(bytes, context.maxBytes);
  if (!decoded.ok) return decoded;
  const parts = splitTask(decoded.text);
  if (!parts.ok) return parts;
  const read = readFrontmatter(parts.frontmatter, context);
  if (!read.ok) return read;
  if (!/\S/.test(parts.body)) return refused('empty', EMPTY);
  const id = read.keys.id ?? taskId(file);
  return id === null
    ? refused('bad-name', NO_ID)
    : { ok: true, task: { ...read.keys, id }, body: parts.body };
}

const EMPTY = 'the file says nothing to do; write the task below the frontmatter, or without any';

const NO_ID = 'no id can be made of the file\'s name; rename it with letters or digits, or give an "id"';
