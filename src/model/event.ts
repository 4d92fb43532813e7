/** What is written to the journal (`events.jsonl`): for people and notices, never for decisions. */
export const EVENT_TYPES = [
  'loop.started',
  'loop.stopped',
  'file.accepted', // a changed file is in force
  'file.rejected', // a bad file; the last good one stays in force
  'action.applied',
  'action.stale', // the world moved between look and act; nothing was done
  'action.failed',
  'action.unknown', // no answer in time; looked at again before anything else
  'session.died',
  'link.diverged',
  'fleet.phase', // the phase changed
  'fleet.blocked',
  'mass.removal', // an edit would remove too much; withheld or confirmed
  'session.adopted',
  'session.released',
  'task.started',
  'task.waiting', // it asks a question or a permission, or a dialog stands
  'task.continued', // the same conversation goes on after an error
  'task.done',
  'task.failed',
  'task.rejected',
  'task.returned', // back in its inbox
  'task.cancelled',
  'task.parked', // a limit ended its turn; it goes on after the swap or the reset
  'quota.suspected',
  'quota.exhausted',
  'quota.eligible', // its limit has ended; the next session is the probe
  'swap.done',
  'swap.withheld',
  'task.retried', // an operator put a failed task back
  'link.intact', // nothing stands in a link's way any more
  'task.answered', // it waits for nothing any more
  'fleet.unblocked', // an account can be worked under again
  'mass.settled', // confirmed, or the edit was taken back
  'swap.settled', // nothing holds the swap back any more
  'notice.sent',
  'notice.failed', // a channel does not take it; kept and tried again
  'notice.dropped', // the outbox was full, or its channel is not declared any more
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface JournalEvent {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: EventType;
  readonly severity: 'info' | 'warning' | 'error';
  /** `session/ccl-auto-12`, `link/backup/projects`, `fleet`, `file`. */
  readonly target: string;
  /** What, for a person. */
  readonly message: string;
  /** Facts as fields: action type, reason, pid, from, to. No secrets, no pane text. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}
