import type { Observed } from '../model/observed.ts';
import type { InboxStatus } from '../model/status.ts';
import type { ObservedInbox } from '../model/task.ts';

/**
 * How many tasks are where, by inbox: the folder a task is in is its state (SPEC §5.1), and whether one in `claimed/`
 * is parked its record says. An inbox that could not be read is not there: a number would be made up.
 */
export function inboxStatuses(
  observed: Pick<Observed, 'inboxes' | 'runs'>,
): Readonly<Record<string, InboxStatus>> {
  const known = Object.entries(observed.inboxes).flatMap(([name, reading]) =>
    reading.ok ? [[name, statusOfInbox(reading.value, observed.runs)] as const] : [],
  );
  return Object.fromEntries(known);
}

function statusOfInbox(inbox: ObservedInbox, runs: Observed['runs']): InboxStatus {
  const claims = Object.keys(inbox.claims);
  const parked = claims.filter((attempt) => isParked(runs[attempt])).length;
  const { done, failed, rejected } = inbox.counts;
  return {
    waiting: Object.keys(inbox.entries).length,
    running: claims.length - parked,
    parked,
    done,
    failed,
    rejected,
  };
}

function isParked(run: Observed['runs'][string] | undefined): boolean {
  return run?.record.ok === true && (run.record.value?.parkedUntil ?? null) !== null;
}
