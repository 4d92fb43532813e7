import { datedInstant, nextInstant, type WallTime, zoneOf } from './wall-time.ts';
import { type Moment, momentAt } from './reset-words.ts';

/** Which limit a reset belongs to; a time further off than its length cannot be meant. */
export type LimitWindow = 'session' | 'weekly' | 'unknown';

/**
 * When a limit ends, in epoch milliseconds, from the words of a screen that was seen at `seenAt` (epoch
 * milliseconds) on a machine in `zone` (IANA): `resets 2:39pm (UTC)`, `try again in 12 min`, `8pm`, an ISO time.
 * A zone in the text outranks the machine's. A time that passed within the last hour means now: `seenAt`. Null
 * where the text says none, says it in words of no known form, or says one that this window cannot have.
 *
 * A clock time is the next such time. Where clocks go forward over it, it is the first instant after the gap;
 * where they go back and it comes twice, it is the second: to wait an hour too long costs less than to start into
 * the limit.
 */
export function resetTime(
  text: string,
  seenAt: number,
  zone: string,
  window: LimitWindow = 'unknown',
): number | null {
  const moment = momentAt(text.slice(0, LONGEST));
  const at = moment === null ? null : instantOf(moment, seenAt, zone);
  if (at === null || at < seenAt - JUST_PASSED || at > seenAt + FURTHEST[window]) return null;
  return Math.max(at, seenAt);
}

const LONGEST = 2000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const JUST_PASSED = HOUR;

/** A little more than the window itself: agents round up, and clocks differ. */
const FURTHEST: Readonly<Record<LimitWindow, number>> = {
  session: 5 * HOUR + 15 * MINUTE,
  weekly: 7 * DAY + HOUR,
  unknown: 8 * DAY,
};

function instantOf(moment: Moment, seenAt: number, machineZone: string): number | null {
  if (moment.type === 'instant') return moment.at;
  if (moment.type === 'after') return seenAt + moment.ms;
  const zone = zoneOf(moment.zone ?? machineZone);
  if (zone === null) return null;
  const wall: WallTime = { hour: moment.hour, minute: moment.minute };
  return moment.date === null
    ? nextInstant(wall, seenAt - JUST_PASSED, zone)
    : datedInstant(moment.date, wall, seenAt - JUST_PASSED, zone);
}
