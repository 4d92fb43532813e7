import type { AttemptRecord, Task } from '../model/task.ts';
import { type TaskDetail, taskAddress } from '../model/task-view.ts';
import { paint, shown, shownPath, type Style } from './style.ts';
import { TASK_FORMAT, UNTIL_WORDS } from './task-list-text.ts';
import { duration, when } from './time.ts';
import { wrapped } from './width.ts';

/** One task for a person: what and where it is, what it asks for, and every attempt. Ends with a newline. */
export function taskText({ view, task, attempts }: TaskDetail, style: Style): string {
  const since = view.since === null ? '' : `  since ${when(view.since, style.now, style.zone)}`;
  const head = `${paint(style, 'bold', shown(style, taskAddress(view)))}  ${paint(style, TASK_FORMAT[view.state], view.state)}${since}`;
  const rows: readonly Row[] = [
    ['title', view.title],
    ['why', view.note],
    [UNTIL_WORDS[view.state], view.until === null ? null : when(view.until, style.now, style.zone)],
    ['session', view.session],
    ['file', shownPath(style, view.path)],
    ...(task === null ? [] : asked(task, style)),
  ];
  const parts = [[head, ...labelled(rows, style)], ...attempts.map((each) => attemptLines(each, style))];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

type Row = readonly [label: string, text: string | null];

const LABEL = 14;
const INDENT = 2;

function asked(task: Task, style: Style): readonly Row[] {
  const { priority, model, agent, cwd, timeoutMs, retries, deliver } = task;
  return [
    ['priority', priority],
    ['model', model],
    ['agent', agent],
    ['cwd', cwd === null ? null : shownPath(style, cwd)],
    ['timeout', timeoutMs === null ? null : duration(timeoutMs)],
    ['retries', retries === null ? null : String(retries)],
    ['deliver', deliver === 'inline' ? null : deliver],
  ];
}

function labelled(rows: readonly Row[], style: Style): string[] {
  const room = Math.max(style.width - INDENT - LABEL, 20);
  return rows.flatMap(([label, text]) =>
    text === null
      ? []
      : wrapped(shown(style, text), room).map(
          (line, at) => ' '.repeat(INDENT) + (at === 0 ? label : '').padEnd(LABEL) + line,
        ),
  );
}

function attemptLines(record: AttemptRecord, style: Style): string[] {
  const { number, session, startedAt, end, launches } = record;
  const took = end === null ? '' : `, after ${duration(end.at - startedAt)}`;
  const result = end === null ? 'not over yet' : `${end.result}: ${end.reason}${took}`;
  const started = `${when(startedAt, style.now, style.zone)}${launches > 1 ? `, its agent started ${String(launches)} times` : ''}`;
  return [
    `${paint(style, 'bold', `attempt ${String(number)}`)}  ${shown(style, session)}  ${result}`,
    ...labelled(
      [
        ['started', started],
        ['agent', [record.agent, record.model, record.account].filter((each) => each !== null).join(', ')],
        ['cwd', shownPath(style, record.cwd)],
        ['conversation', record.conversation],
        ['attempt', record.attempt],
        ['because', end === null || end.detail === '' ? null : end.detail],
      ],
      style,
    ),
    ...lastLines(end?.lastLines ?? [], style),
  ];
}

function lastLines(lines: readonly string[], style: Style): string[] {
  if (lines.length === 0) return [];
  const room = Math.max(style.width - INDENT * 2, 20);
  const bar = style.unicode ? '│' : '|';
  return [
    `${' '.repeat(INDENT)}last words`,
    ...lines.flatMap((line) =>
      wrapped(shown(style, line), room).map((part) => `${' '.repeat(INDENT)}${bar} ${part}`.trimEnd()),
    ),
  ];
}
