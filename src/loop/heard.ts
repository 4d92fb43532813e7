import { eventsSince } from '../host/state/journal-since.ts';
import { readOutbox } from '../host/state/outbox.ts';
import { reasonOf, stateProblem } from '../host/state/problem.ts';
import type { DesiredState } from '../model/desired.ts';
import type { JournalEvent } from '../model/event.ts';
import { type HeardEvent, NO_NOTICES, type NoticesMemory, type OutboxReading } from '../model/notice.ts';
import { unreadable } from '../model/reading.ts';
import { noticesAfter } from '../plan/notices/after.ts';
import { concerns } from '../plan/notices/incidents.ts';
import { hasNotices } from '../plan/notices/rules.ts';

/** What is to be told after a look, and the messages on the disk; neither where the file has no rules. */
export interface HeardNotices {
  readonly notices: NoticesMemory;
  readonly outbox: OutboxReading | null;
  /** More of the journal is to be read at once. */
  readonly isMore: boolean;
}

/** Reads on in the journal and judges what came; writes nothing. What cannot be read is read by a later look. */
export function hear(
  desired: DesiredState,
  stateDir: string,
  memory: NoticesMemory,
  now: number,
): HeardNotices {
  if (!hasNotices(desired.notify)) return { notices: NO_NOTICES, outbox: null, isMore: false };
  const outbox = readOutbox(stateDir);
  if (!outbox.ok) return { notices: memory, outbox, isMore: false };
  try {
    const { events, cursor, isMore } = eventsSince(stateDir, memory.cursor);
    const queued = [...outbox.value.waiting, ...outbox.value.sent];
    const heard = { events: events.map((event) => heardEvent(event, now)), cursor, queued, now };
    return { notices: noticesAfter(desired, memory, heard), outbox, isMore };
  } catch (error) {
    const problem = stateProblem(`the journal in ${stateDir} cannot be read: ${reasonOf(error)}`);
    return { notices: memory, outbox: unreadable(problem), isMore: false };
  }
}

/** Whether something was written down since that look that somebody may be told of: then another one follows at once. */
export function hasUnheard(desired: DesiredState, stateDir: string, { cursor }: NoticesMemory): boolean {
  if (!hasNotices(desired.notify) || cursor === null) return false;
  try {
    return eventsSince(stateDir, cursor).events.some((event) => concerns(desired.notify, event));
  } catch {
    // The next look says what is wrong with the journal.
    return false;
  }
}

/** With its times as numbers; an event whose own cannot be read is from now. */
function heardEvent(event: JournalEvent, now: number): HeardEvent {
  const until = event.fields['until'];
  return { event, at: timeOf(event.at) ?? now, until: typeof until === 'string' ? timeOf(until) : null };
}

function timeOf(text: string): number | null {
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : null;
}
