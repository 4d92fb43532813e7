import type { AttemptRecord, Task } from '../model/task.ts';
import { type TaskDetail, type TaskList, type TaskView, taskAddress } from '../model/task-view.ts';
import { API_VERSION } from './json.ts';
import { diagnosticDocument } from './plan-document.ts';
import { iso } from './time.ts';

/** The tasks of the inboxes as published (`rollcall schema TaskList`). */
export function taskListDocument({ fleet, observedAt, tasks, diagnostics }: TaskList) {
  return {
    apiVersion: API_VERSION,
    kind: 'TaskList',
    fleet,
    observedAt: iso(observedAt),
    tasks: tasks.map(viewDocument),
    diagnostics: diagnostics.map(diagnosticDocument),
  } as const;
}

/** One task as published (`rollcall schema Task`). */
export function taskDocument({ fleet, view, task, attempts }: TaskDetail) {
  return {
    apiVersion: API_VERSION,
    kind: 'Task',
    fleet,
    ...viewDocument(view),
    asks: task === null ? null : asksDocument(task),
    attempts: attempts.map(attemptDocument),
  } as const;
}

function viewDocument(view: TaskView) {
  const { inbox, id, state, title, priority, since, until, session, attempt, note, path } = view;
  return {
    address: taskAddress(view),
    inbox,
    id,
    state,
    title,
    priority,
    since: iso(since),
    until: iso(until),
    session,
    attempt,
    note,
    path,
  };
}

function asksDocument({ model, cwd, agent, timeoutMs, retries, notBefore, deliver }: Task) {
  return { model, cwd, agent, timeoutMs, retries, notBefore: iso(notBefore), deliver };
}

function attemptDocument(record: AttemptRecord) {
  const { attempt, number, session, pool, agent, model, account, cwd, conversation, delivery } = record;
  const { startedAt, launches, launchedAt, parkedUntil, end } = record;
  return {
    attempt,
    number,
    session,
    pool,
    agent,
    model,
    account,
    cwd,
    conversation,
    delivery,
    startedAt: iso(startedAt),
    launches,
    launchedAt: iso(launchedAt),
    parkedUntil: iso(parkedUntil),
    end: end === null ? null : { ...end, at: iso(end.at) },
  };
}
