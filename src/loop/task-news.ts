import type { EventType, JournalEvent } from '../model/event.ts';
import type { Action } from '../model/plan.ts';
import type { AttemptRecord } from '../model/task.ts';

/** What the journal says of a task when something was done about it; null: nothing that its life is told by. */
export interface TaskNews {
  readonly type: EventType;
  readonly severity: JournalEvent['severity'];
  readonly target: string;
  readonly message: string;
  readonly fields: JournalEvent['fields'];
}

/** The step in a task's life that an action was, once it was carried out. */
export function taskNews(action: Action): TaskNews | null {
  switch (action.type) {
    case 'task.start':
      return told('task.started', 'info', action, action.effect.record, action.because);
    case 'session.relaunch':
      return told('task.continued', 'warning', action, action.effect.record, action.because);
    case 'task.finish': {
      const end = action.effect.record?.end;
      if (end?.result === 'done') return told('task.done', 'info', action, action.effect.record, end.detail);
      const type = end?.reason === 'cancelled' ? 'task.cancelled' : 'task.failed';
      return told(type, 'warning', action, action.effect.record, end?.detail ?? action.because);
    }
    case 'task.return':
      return told('task.returned', 'warning', action, action.effect.record, action.because);
    case 'task.park':
      return told('task.parked', 'warning', action, action.effect.record, action.because);
    case 'task.unclaim':
      return told('task.returned', 'info', action, null, action.because);
    case 'task.reject': {
      const { reason, detail, to } = action.effect;
      return {
        type: 'task.rejected',
        severity: 'warning',
        target: action.target,
        message: `${reason}: ${detail}`,
        fields: { reason, to },
      };
    }
    case 'link.create':
    case 'account.activate':
    case 'session.create':
    case 'session.recreate':
    case 'session.stop':
    case 'agent.stop':
    case 'task.submit':
      return null;
  }
}

function told(
  type: EventType,
  severity: JournalEvent['severity'],
  action: Action,
  record: AttemptRecord | null,
  message: string,
): TaskNews {
  const target = record === null ? action.target : `task/${record.inbox}/${record.id}`;
  if (record === null) return { type, severity, target, message, fields: {} };
  const { attempt, number, session, agent, model, account, conversation, end } = record;
  const reason = end === null ? {} : { reason: end.reason };
  return {
    type,
    severity,
    target,
    message,
    fields: { attempt, number, session, agent, model, account, conversation, ...reason },
  };
}
