import type { NotifySpec } from '../../model/desired.ts';

type Quiet = NotifySpec['quiet'];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * The first moment at or after `at` that is not within the quiet hours, epoch milliseconds. By the clock on the wall of
 * the zone: where that jumps, quiet ends when it shows `to` or, where it never does, when it shows something later.
 */
export function outOfQuiet(at: number, quiet: Quiet): number {
  if (quiet === null || !isQuiet(at, quiet)) return at;
  const start = at - (at % MINUTE_MS);
  const ahead = (minuteOfDay(quiet.to) - wallMinute(at, quiet.zone) + DAY_MINUTES) % DAY_MINUTES;
  const end = start + ahead * MINUTE_MS;
  // Without a jump of the clock in between that is it.
  if (wallMinute(end, quiet.zone) === minuteOfDay(quiet.to) && isQuiet(end - MINUTE_MS, quiet)) return end;
  for (let next = start + MINUTE_MS; next < start + 2 * DAY_MINUTES * MINUTE_MS; next += MINUTE_MS) {
    if (!isQuiet(next, quiet)) return next;
  }
  return at;
}

function isQuiet(at: number, { from, to, zone }: NonNullable<Quiet>): boolean {
  const now = wallMinute(at, zone);
  const [begin, end] = [minuteOfDay(from), minuteOfDay(to)];
  return begin <= end ? now >= begin && now < end : now >= begin || now < end;
}

function minuteOfDay(clock: string): number {
  const [hours = '0', minutes = '0'] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function wallMinute(at: number, zone: string): number {
  return minuteOfDay(formatIn(zone, CLOCK).format(at));
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const DAY_AND_CLOCK: Intl.DateTimeFormatOptions = { ...CLOCK, day: 'numeric', month: 'short' };

/** `23 Nov, 03:12 Europe/Paris`. */
export function wallTime(at: number, quiet: Quiet): string {
  const zone = quiet?.zone ?? 'UTC';
  return `${formatIn(zone, DAY_AND_CLOCK).format(at)} ${zone}`;
}

/** Making one takes long; it depends on nothing but its arguments. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${String(options === CLOCK)}`;
  const known = FORMATS.get(key);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  FORMATS.set(key, format);
  return format;
}
