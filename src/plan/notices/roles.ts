import type { EventType, JournalEvent } from '../../model/event.ts';

/** What an event is to who is told of it. */
export interface Role {
  /** The incident that it begins, or is one more sign of; null: none. */
  readonly opens: string | null;
  /** The incident that it ends, where that stands. */
  readonly closes: string | null;
  /** Told by itself, where a rule names it and it opens and ends nothing. */
  readonly isNews: boolean;
}

/**
 * The role of an event. Incidents go by what they are about, not by their words: a link that diverges anew is the same
 * incident until it is intact.
 */
export function roleOf(event: JournalEvent): Role {
  // What a notice does is told to nobody, or telling would have no end.
  if (event.fields['action'] === 'notify.send') return NOTHING;
  return ROLES[event.type](event);
}

const NOTHING: Role = { opens: null, closes: null, isNews: false };
const NEWS: Role = { opens: null, closes: null, isNews: true };

type RoleOf = (event: JournalEvent) => Role;

const nothing: RoleOf = () => NOTHING;
const news: RoleOf = () => NEWS;
const opens =
  (keyOf: (event: JournalEvent) => string): RoleOf =>
  (event) => ({ opens: keyOf(event), closes: null, isNews: false });
const closes =
  (keyOf: (event: JournalEvent) => string): RoleOf =>
  (event) => ({ opens: null, closes: keyOf(event), isNews: true });

const about =
  (what: string) =>
  ({ target }: JournalEvent): string =>
    `${what} ${target}`;
const fleet = (what: string) => (): string => what;
const swapOf = ({ fields, target }: JournalEvent): string => `swap ${String(fields['agent'] ?? target)}`;

/** Only what is wrong is an incident, and only when all is right again is it over: on the way says nothing yet. */
const phase: RoleOf = ({ fields }) => {
  if (fields['phase'] === 'Degraded' || fields['phase'] === 'Blocked') {
    return { opens: 'phase', closes: null, isNews: false };
  }
  return fields['phase'] === 'Converged' ? { opens: null, closes: 'phase', isNews: false } : NOTHING;
};

/** A file that was mended while no loop ran is told by the next start. */
const started: RoleOf = ({ fields }) => ({
  opens: null,
  closes: fields['file'] === 'good' ? 'file' : null,
  isNews: true,
});

const ROLES: Readonly<Record<EventType, RoleOf>> = {
  'loop.started': started,
  'loop.stopped': news,
  'file.accepted': closes(fleet('file')),
  'file.rejected': opens(fleet('file')),
  'action.applied': closes(about('action')),
  'action.stale': news,
  'action.failed': opens(about('action')),
  'action.unknown': opens(about('action')),
  'session.died': news,
  'link.diverged': opens(about('link')),
  'link.intact': closes(about('link')),
  'fleet.phase': phase,
  'fleet.blocked': opens(fleet('blocked')),
  'fleet.unblocked': closes(fleet('blocked')),
  'mass.removal': opens(fleet('mass')),
  'mass.settled': closes(fleet('mass')),
  'session.adopted': news,
  'session.released': news,
  'task.started': news,
  'task.waiting': opens(about('waiting')),
  'task.answered': closes(about('waiting')),
  'task.continued': news,
  'task.done': news,
  'task.failed': news,
  'task.rejected': news,
  'task.returned': news,
  'task.cancelled': news,
  'task.parked': news,
  'task.retried': news,
  'quota.suspected': news,
  'quota.exhausted': opens(about('quota')),
  'quota.eligible': closes(about('quota')),
  'swap.done': news,
  'swap.withheld': opens(swapOf),
  'swap.settled': closes(swapOf),
  'notice.sent': nothing,
  'notice.failed': nothing,
  'notice.dropped': nothing,
};

/** Actions fail again after five minutes at most: what was not heard of for an hour is not tried any more. */
export function forgottenAfterMs(incident: string): number | null {
  return incident.startsWith('action ') ? 3_600_000 : null;
}
