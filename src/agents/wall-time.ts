import { Temporal } from './temporal.ts';

/** A time on a clock, 24 hours. */
export interface WallTime {
  readonly hour: number;
  readonly minute: number;
}

/** A day as an agent names it; what it leaves out is null. */
export interface WallDate {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

/** The zone as Intl spells it, or null where there is none of that name. Offsets (`+02:00`) are zones too. */
export function zoneOf(name: string): string | null {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return null;
  }
}

/** The first instant from `from` on (epoch milliseconds) at which clocks in `zone` show `wall`. */
export function nextInstant(wall: WallTime, from: number, zone: string): number | null {
  const today = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).toPlainDate();
  const days = [-1, 0, 1, 2].map((ahead) => today.add({ days: ahead }));
  return earliest(
    days.map(({ year, month, day }) => instantAt({ year, month, day, ...wall }, zone)),
    from,
  );
}

/** The instant at which clocks in `zone` show `wall` on `date`; without a year, the first from `from` on. */
export function datedInstant(date: WallDate, wall: WallTime, from: number, zone: string): number | null {
  const { month, day } = date;
  if (date.year !== null) return instantAt({ year: date.year, month, day, ...wall }, zone);
  const { year } = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  const years = [year - 1, year, year + 1];
  return earliest(
    years.map((each) => instantAt({ year: each, month, day, ...wall }, zone)),
    from,
  );
}

interface Fields extends WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Null for a day that the calendar has not. */
function instantAt(fields: Fields, zone: string): number | null {
  try {
    const plain = Temporal.PlainDateTime.from(fields, { overflow: 'reject' });
    const found = plain.toZonedDateTime(zone, { disambiguation: 'later' });
    if (found.toPlainDateTime().equals(plain)) return found.epochMilliseconds;
    // Clocks skip it: they show the end of the gap at the transition itself.
    return (found.add({ nanoseconds: 1 }).getTimeZoneTransition('previous') ?? found).epochMilliseconds;
  } catch {
    return null;
  }
}

function earliest(instants: readonly (number | null)[], from: number): number | null {
  const left = instants.filter((at) => at !== null && at >= from);
  return left.length === 0 ? null : Math.min(...left.map(Number));
}
