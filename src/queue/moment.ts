/**
 * Epoch milliseconds of `2026-11-23T08:00Z`, `2026-11-23 08:00:30+01:00`, `2026-11-23` (its first moment in UTC) or
 * epoch seconds; null: none of these, or after the year 9999.
 */
export function momentMs(text: string): number | null {
  if (/^\d{1,12}$/.test(text)) return within(Number(text) * 1000);
  const parts = MOMENT.exec(text)?.groups;
  if (parts === undefined) return null;
  const { date = '', time = '00:00', zone = 'Z' } = parts;
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Date.parse() takes the 30th of February for the 2nd of March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null;
  return within(midnight + (hours * 3600 + minutes * 60 + seconds) * 1000 - offsetMs(zone));
}

const CLOCK = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;

const MOMENT = new RegExp(
  String.raw`^(?<date>\d{4}-\d\d-\d\d)(?:[Tt ](?<time>${CLOCK}(?::[0-5]\d(?:\.\d{1,9})?)?) ?(?<zone>[Zz]|[+-]${CLOCK}))?$`,
);

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function within(ms: number): number | null {
  return ms >= 0 && ms <= LAST ? Math.floor(ms) : null;
}
