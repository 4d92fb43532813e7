import type { EventType, JournalEvent } from '../model/event.ts';
import type { Action } from '../model/plan.ts';
import type { AttemptRecord } from '../model/task.ts';
import type { News } from './news.ts';

/** The step in a task's life that an action was, once it was carried out. */
export function taskNews(action: Action): News | null {
  switch (action.type) {
    case 'task.start':
      return told('task.started', 'info', action, action.effect.record, action.because);
    case 'session.relaunch':
      return told(
        'task.continued',
        action.reason === 'goes-on' ? 'info' : 'warning',
        action,
        action.effect.record,
        action.because,
      );
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
    case 'dedicated.stop':
    case 'dedicated.resume':
    case 'task.submit':
    case 'notify.send':
    case 'janitor.remove':
      return null;
  }
}

function told(
  type: EventType,
  severity: JournalEvent['severity'],
  action: Action,
  record: AttemptRecord | null,
  message: string,
): News {
  const target = record === null ? action.target : `task/${record.inbox}/${record.id}`;
  if (record === null) return { type, severity, target, message, fields: {} };
  const { attempt, number, session, agent, model, account, conversation, end, parkedUntil } = record;
  const reason = end === null ? {} : { reason: end.reason };
  const until = parkedUntil === null ? {} : { until: new Date(parkedUntil).toISOString() };
  return {
    type,
    severity,
    target,
    message,
    fields: { attempt, number, session, agent, model, account, conversation, ...reason, ...until },
  };
}
