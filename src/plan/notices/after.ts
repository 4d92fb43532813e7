import type { DesiredState } from '../../model/desired.ts';
import {
  type HeardEvent,
  type JournalCursor,
  NO_NOTICES,
  type Notice,
  type NoticesMemory,
} from '../../model/notice.ts';
import { forgetting, take, withoutUndeclared } from './incidents.ts';
import { noticeOf } from './message.ts';
import { dueAmong, type Ready, remembered, waitsUntil } from './ready.ts';
import { hasNotices } from './rules.ts';

/** What one look brings. */
export interface Heard {
  /** What came behind the cursor, in the order of the journal. */
  readonly events: readonly HeardEvent[];
  readonly cursor: JournalCursor;
  /** Ids of messages that are in the outbox, waiting or sent. */
  readonly queued: readonly string[];
  /** Epoch milliseconds of the look. */
  readonly now: number;
}

type Fleet = Pick<DesiredState, 'name' | 'file' | 'notify'>;

/**
 * What is remembered of notices after a look: each event behind the cursor is judged once, and what is due by now has
 * become messages. Time passes with the events, so it makes no difference in how many looks they were read
 * (but for repetitions: what nobody was there to repeat is not made up for).
 */
export function noticesAfter(fleet: Fleet, memory: NoticesMemory, heard: Heard): NoticesMemory {
  if (!hasNotices(fleet.notify)) return NO_NOTICES;
  const queued = new Set(heard.queued);
  const due = Object.entries(memory.due).filter(
    ([id, { channel }]) => !queued.has(id) && Object.hasOwn(fleet.notify.channels, channel),
  );
  const start = withoutUndeclared(fleet.notify, { ...memory, due: Object.fromEntries(due) });
  const read = heard.events.reduce((state, event) => {
    // None is from the future, whatever a clock did.
    const at = Math.min(event.at, heard.now);
    return take(fleet.notify, said(fleet, state, at), { ...event, at });
  }, start);
  return { ...said(fleet, read, heard.now), cursor: heard.cursor };
}

/** When something is to be said by itself; null: nothing waits. */
export function nextNoticeAt(fleet: Fleet, memory: NoticesMemory): number | null {
  const channels = Object.keys(fleet.notify.channels).filter((channel) => !isFull(memory, channel));
  const times = channels.flatMap((channel) => waitsUntil(fleet.notify, memory, channel));
  return times.length === 0 ? null : Math.min(...times);
}

/** So many messages to one channel wait for the outbox; what comes then gathers, and goes with the next one. */
const MOST_DUE = 10;

function isFull({ due }: NoticesMemory, channel: string): boolean {
  return Object.values(due).filter((notice) => notice.channel === channel).length >= MOST_DUE;
}

/** What is due by `at` has been made into messages. */
function said(fleet: Fleet, state: NoticesMemory, at: number): NoticesMemory {
  return Object.keys(fleet.notify.channels).reduce(
    (before, channel) => {
      let after = before;
      // One at a time, so that the limit holds within one look, too.
      for (let ready = nextOf(); ready !== null; ready = nextOf())
        after = withMessage(fleet, after, channel, ready);
      return after;

      function nextOf(): Ready | null {
        return isFull(after, channel) ? null : (dueAmong(fleet.notify, after, channel, at)[0] ?? null);
      }
    },
    forgetting(state, at),
  );
}

function withMessage(fleet: Fleet, state: NoticesMemory, channel: string, ready: Ready): NoticesMemory {
  const { name, file, notify } = fleet;
  const audience = { fleet: name, file, quiet: notify.quiet, channel };
  const notice: Notice = noticeOf(ready.tellings, ready.more, audience);
  const after = remembered(state, channel, ready);
  return { ...after, due: { ...after.due, [notice.id]: notice } };
}
