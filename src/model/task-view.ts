import type { Diagnostic } from './diagnostic.ts';
import type { AttemptRecord, Priority, Task } from './task.ts';

/** Where a task is: the folder it lies in says so, and of a claimed one its record whether it is parked. */
export const TASK_STATES = ['running', 'parked', 'waiting', 'failed', 'rejected', 'done'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** One task as `task list` shows it. */
export interface TaskView {
  readonly inbox: string;
  readonly id: string;
  readonly state: TaskState;
  /** Null: not said, or the file cannot be read as a task. */
  readonly title: string | null;
  readonly priority: Priority | null;
  /** Absolute path of its file, foreign text. */
  readonly path: string;
  /** Since when it is in that state, epoch milliseconds; null: not known. */
  readonly since: number | null;
  /** Waiting: not before then, epoch milliseconds. Parked: until then. */
  readonly until: number | null;
  /** Who works on it, or did at last. */
  readonly session: string | null;
  readonly attempt: string | null;
  /** One line for a person: why it ended, was rejected or will be; foreign text. */
  readonly note: string | null;
}

/** The tasks of the inboxes (`task list`). */
export interface TaskList {
  readonly fleet: string;
  /** Epoch milliseconds. */
  readonly observedAt: number;
  readonly tasks: readonly TaskView[];
  /** Inboxes that could not be read; their tasks are not among `tasks`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** All there is to know of one task (`task show`). */
export interface TaskDetail {
  readonly fleet: string;
  readonly view: TaskView;
  /** What its frontmatter asks for; null: the file cannot be read as a task. */
  readonly task: Task | null;
  /** Oldest first. */
  readonly attempts: readonly AttemptRecord[];
}

/** `task/secumon/fix-login`, as plans and events name it. */
export function taskAddress({ inbox, id }: { readonly inbox: string; readonly id: string }): string {
  return `task/${inbox}/${id}`;
}
