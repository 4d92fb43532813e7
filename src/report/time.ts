/** Epoch milliseconds as ISO 8601 in UTC; what is no date at all (a forged number) as null. */
export function iso(at: number | null): string | null {
  if (at === null || !Number.isFinite(at) || Math.abs(at) > LATEST) return null;
  return new Date(at).toISOString();
}

/** Milliseconds for a person, two units at most: `0.4 s`, `34 s`, `2 h 41 m`, `3 d 4 h`. Negative ones count as none. */
export function duration(ms: number): string {
  const left = Math.max(ms, 0);
  if (left < 9950) return `${(Math.round(left / 100) / 10).toFixed(1)} s`;
  if (left < 59_500) return `${String(Math.round(left / 1000))} s`;
  if (left < HOUR) return twoUnits(Math.round(left / 1000), 60, 'm', 's');
  if (left < DAY) return twoUnits(Math.round(left / MINUTE), 60, 'h', 'm');
  return twoUnits(Math.round(left / HOUR), 24, 'd', 'h');
}

/** `18:00` on the day of `now`, `2026-11-24 18:00` on any other; in `zone`, or the machine's own. */
export function clock(at: number, now: number, zone?: string): string {
  const day = dayAndTime(at, zone);
  const today = dayAndTime(now, zone);
  return day.date === today.date ? day.time.slice(0, 5) : `${day.date} ${day.time.slice(0, 5)}`;
}

/** `15:19:02` on the day of `now`, `2026-11-24 15:19:02` on any other. */
export function clockSeconds(at: number, now: number, zone?: string): string {
  const day = dayAndTime(at, zone);
  return day.date === dayAndTime(now, zone).date ? day.time : `${day.date} ${day.time}`;
}

/** `18:00 (in 2 h 41 m)`, or `18:00 (4 s ago)`. */
export function when(at: number, now: number, zone?: string): string {
  const away = at >= now ? `in ${duration(at - now)}` : `${duration(now - at)} ago`;
  return `${clock(at, now, zone)} (${away})`;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const LATEST = 8.64e15;

function twoUnits(count: number, per: number, big: string, small: string): string {
  const rest = count % per;
  const whole = `${String(Math.floor(count / per))} ${big}`;
  return rest === 0 ? whole : `${whole} ${String(rest)} ${small}`;
}

function dayAndTime(at: number, zone: string | undefined): { date: string; time: string } {
  if (!Number.isFinite(at) || Math.abs(at) > LATEST) return { date: '?', time: '?' };
  // Swedish writes dates as ISO does: 2026-11-24 15:19:02.
  const text = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(new Date(at));
  const [date = '?', time = '?'] = text.split(' ');
  return { date, time };
}
