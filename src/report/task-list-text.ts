import type { TaskList, TaskState, TaskView } from '../model/task-view.ts';
import type { Format, Style } from './style.ts';
import { type Cell, type Column, table } from './table.ts';
import { duration, when } from './time.ts';

/** The tasks, one a line, in their order. Ends with a newline. */
export function taskListText({ tasks }: TaskList, style: Style): string {
  if (tasks.length === 0) return 'no tasks\n';
  const columns: readonly Column[] = [
    { title: 'TASK', least: 16 },
    { title: 'STATE' },
    { title: 'PRIORITY' },
    { title: 'FOR', align: 'right' },
    { title: 'SESSION', least: 10 },
    { title: 'WHAT', least: 12 },
  ];
  const rows = tasks.map((view): readonly Cell[] => [
    { text: `${view.inbox}/${view.id}` },
    { text: view.state, format: TASK_FORMAT[view.state] },
    { text: view.priority === 'normal' ? '' : (view.priority ?? '') },
    { text: view.since === null ? '' : duration(style.now - view.since) },
    { text: view.session ?? '' },
    { text: whatOf(view, style) },
  ]);
  return `${table(columns, rows, style).join('\n')}\n`;
}

/** Colour of a state, which always stands beside the word. */
export const TASK_FORMAT: Readonly<Record<TaskState, Format>> = {
  running: 'cyan',
  parked: 'yellow',
  waiting: 'blue',
  failed: 'red',
  rejected: 'yellow',
  done: 'green',
};

/** What is unusual first: a title is known to whoever wrote it. */
function whatOf({ state, until, note, title }: TaskView, style: Style): string {
  const time = until === null ? '' : `${UNTIL_WORDS[state]} ${when(until, style.now, style.zone)}`;
  const said = state === 'done' ? '' : (note ?? '');
  return [time, said, title ?? ''].filter((part) => part !== '').join('; ');
}

/** What a task's `until` means in its state. */
export const UNTIL_WORDS: Readonly<Record<TaskState, string>> = {
  running: 'until',
  parked: 'goes on at',
  waiting: 'not before',
  failed: 'until',
  rejected: 'until',
  done: 'until',
};
