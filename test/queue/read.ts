import type { Task } from '../../src/model/task.ts';
import { type ReadTask, readTask } from '../../src/queue/read-task.ts';

export const CONTEXT = { home: '/home/op', cwd: '/home/op/work', maxBytes: 256 * 1024 };

/** A task file's text, or bytes, as read in an inbox of `/home/op/work`. */
export function read(content: string | Uint8Array, file = 'fix login.md'): ReadTask {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return readTask(bytes, file, CONTEXT);
}

/** What a frontmatter of these lines makes of the task; its refusal in one text where it makes none. */
export function keysOf(...lines: readonly string[]): Task | string {
  const found = read(['---', ...lines, '---', 'do it'].join('\n'));
  return found.ok ? found.task : `${found.reason}: ${found.detail}`;
}

export const PLAIN: Task = {
  id: 'fix-login',
  title: null,
  priority: 'normal',
  model: null,
  cwd: null,
  agent: null,
  timeoutMs: null,
  retries: null,
  notBefore: null,
  deliver: 'inline',
};
