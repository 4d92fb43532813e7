import { describe, expect, test } from 'vitest';
import { resetTime } from '../../src/agents/reset-time.ts';

const SEEN = Date.parse('2026-11-22T12:09:30Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function read(text: string, seen = '2026-11-22T12:09:30Z', zone = 'UTC'): string | null {
  const at = resetTime(text, Date.parse(seen), zone);
  return at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}

describe('a reset time', () => {
  test.each([
    ['8pm', '2026-11-22T20:00:00Z'],
    ['resets 8 PM', '2026-11-22T20:00:00Z'],
    ['11:30pm', '2026-11-22T23:30:00Z'],
    ['resets 2:39pm (UTC)', '2026-11-22T14:39:00Z'],
    ['3:30 (Europe/Oslo)', '2026-11-23T02:30:00Z'],
    ['resets 3:30pm (America/Los_Angeles)', '2026-11-22T23:30:00Z'],
    ['resets 4:50pm (Asia/Kathmandu)', '2026-11-23T11:05:00Z'],
    ['resets 12:30', '2026-11-22T12:30:00Z'],
    ['resets 00:15', '2026-11-23T00:15:00Z'],
    ['resets 12am', '2026-11-23T00:00:00Z'],
    ['resets 12:15pm', '2026-11-22T12:15:00Z'],
    ['in 12 min', '2026-11-22T12:21:30Z'],
    ['try again in 5 days 22 hours 11 minutes.', '2026-11-28T10:20:30Z'],
    ['will reset after 5h12m3s.', '2026-11-22T17:21:33Z'],
    ['resets in 1 hour and 5 minutes', '2026-11-22T13:14:30Z'],
    ['resets Nov 25, 11:29pm (UTC)', '2026-11-25T23:29:00Z'],
    ['resets Nov 27 at 6am (Europe/Oslo)', '2026-11-27T05:00:00Z'],
    ['try again at Nov 25th, 2026 3:31 PM.', '2026-11-25T15:31:00Z'],
    ['continuing automatically at 2:39pm · Esc to cancel', '2026-11-22T14:39:00Z'],
    ['or try again at 3:31 PM.', '2026-11-22T15:31:00Z'],
    ['resets 2026-11-22T14:39:00Z', '2026-11-22T14:39:00Z'],
    ['resets at 2026-11-22T15:39:00+01:00', '2026-11-22T14:39:00Z'],
    ['resets 2026-11-22 14:39', '2026-11-22T14:39:00Z'],
    ['usage limit reached|1795365600', '2026-11-22T16:40:00Z'],
    ['1795365600000', '2026-11-22T16:40:00Z'],
    ["You've hit your monthly spend limit · your weekly limit resets Nov 25, 11pm", '2026-11-25T23:00:00Z'],
  ])('is read from %j', (text, at) => {
    expect(read(text)).toBe(at);
  });

  test.each([
    'resets 30',
    'resets 7',
    'resets 24:00',
    'resets 25:10',
    'resets 12:60',
    'resets 13pm',
    'resets 0am',
    'resets 7pm (Mars/Olympus)',
    'resets 7pm tomorrow',
    'resets soon',
    'resets Feb 30, 7pm',
    'resets Nov 2026',
    'resets in 5',
    'resets in 0 minutes',
    'reset',
    '',
    '5-hour limit',
    'resets 7pmish',
    'resets 99999999999',
  ])('is not read from %j', (text) => {
    expect(read(text)).toBeNull();
  });

  test('is the next such time, over midnight and over new year', () => {
    expect(read('resets 2am', '2026-11-22T23:00:00Z')).toBe('2026-11-23T02:00:00Z');
    expect(read('resets Jan 2, 6am', '2026-12-30T23:00:00Z')).toBe('2027-01-02T06:00:00Z');
    expect(read('resets Feb 29, 6am', '2028-02-25T23:00:00Z')).toBe('2028-02-29T06:00:00Z');
  });

  test('that passed within the last hour means now; longer ago is the next day or nothing', () => {
    expect(read('resets 11:30am')).toBe('2026-11-22T12:09:30Z');
    expect(read('resets 11:10am')).toBe('2026-11-22T12:09:30Z');
    expect(read('resets 11:09am')).toBe('2026-11-23T11:09:00Z');
    expect(read('resets Nov 22, 11:10am')).toBe('2026-11-22T12:09:30Z');
    expect(read('resets Nov 22, 11:09am')).toBeNull();
    expect(read('resets 2026-11-22T11:00:00Z')).toBeNull();
  });

  test('further off than its window lasts is none', () => {
    const nearly = (ms: number) => new Date(SEEN + ms).toISOString();
    const windows = { session: 5 * HOUR + 15 * MINUTE, weekly: 169 * HOUR, unknown: 192 * HOUR } as const;
    for (const window of ['session', 'weekly', 'unknown'] as const) {
      expect(resetTime(nearly(windows[window]), SEEN, 'UTC', window)).toBe(SEEN + windows[window]);
      expect(resetTime(nearly(windows[window] + 1000), SEEN, 'UTC', window)).toBeNull();
    }
  });

  test('without a zone is one of the machine that drew it', () => {
    expect(read('resets 7pm', '2026-11-22T12:00:00Z', 'Asia/Tokyo')).toBe('2026-11-23T10:00:00Z');
    expect(read('resets 7pm (UTC)', '2026-11-22T12:00:00Z', 'Asia/Tokyo')).toBe('2026-11-22T19:00:00Z');
    expect(read('resets 7pm', '2026-11-22T12:00:00Z', 'No/Where')).toBeNull();
  });

  test('that clocks skip is the first instant after the gap', () => {
    expect(read('resets 2:30am', '2026-03-28T23:30:00Z', 'Europe/Oslo')).toBe('2026-03-29T01:00:00Z');
    expect(read('resets 2:00am', '2026-03-08T08:00:00Z', 'America/New_York')).toBe('2026-03-08T08:00:00Z');
  });

  test('in a zone of half or quarter hours is exact, also where its summer time is half an hour', () => {
    expect(read('resets 5:45pm (Asia/Kathmandu)')).toBe('2026-11-22T12:09:30Z');
    expect(read('resets 6pm (Asia/Kathmandu)')).toBe('2026-11-22T12:15:00Z');
    expect(read('resets 6:15pm (Asia/Kolkata)')).toBe('2026-11-22T12:45:00Z');
    expect(read('resets 2:30am (Pacific/Chatham)')).toBe('2026-11-22T12:45:00Z');
    expect(read('resets 1:45am (Australia/Lord_Howe)', '2026-04-04T13:00:00Z')).toBe('2026-04-04T15:15:00Z');
    expect(read('resets 2:15am (Australia/Lord_Howe)', '2026-10-03T12:00:00Z')).toBe('2026-10-03T15:30:00Z');
    expect(read('resets 8pm (+05:30)')).toBe('2026-11-22T14:30:00Z');
  });

  test('that comes twice is the second', () => {
    expect(read('resets 2:30am', '2026-10-24T23:30:00Z', 'Europe/Oslo')).toBe('2026-10-25T01:30:00Z');
    expect(read('resets 1:30am', '2026-11-01T05:45:00Z', 'America/New_York')).toBe('2026-11-01T06:30:00Z');
  });
});

/** Milliseconds by which clocks in a zone are ahead of UTC at an instant, from Intl alone. */
function offsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - at;
  };
}

/** The instant at which a day's clocks show a time: the last such, or where there is none the end of the gap. */
function instant(wall: number, offsetAt: (at: number) => number): number {
  const day = 24 * HOUR;
  const found = [...new Set([offsetAt(wall - day), offsetAt(wall + day)])]
    .map((offset) => wall - offset)
    .filter((at) => at + offsetAt(at) === wall);
  if (found.length > 0) return Math.max(...found);
  let [before, after] = [wall - offsetAt(wall - day) - day, wall - offsetAt(wall + day) + day];
  const [first, last] = [offsetAt(before), offsetAt(after)];
  while (after - before > MINUTE) {
    const middle = Math.floor((before + after) / 2 / MINUTE) * MINUTE;
    if (offsetAt(middle) === first) before = middle;
    else after = middle;
  }
  return offsetAt(after) === last ? after : Number.NaN;
}

/** The same as the product, computed with Intl: the first of the days around at which it is not past for an hour. */
function expected(hour: number, minute: number, seenAt: number, offsetAt: (at: number) => number): number {
  const today = Math.floor((seenAt - HOUR + offsetAt(seenAt - HOUR)) / (24 * HOUR));
  const instants = [-1, 0, 1, 2].map((ahead) =>
    instant((today + ahead) * 24 * HOUR + hour * HOUR + minute * MINUTE, offsetAt),
  );
  return Math.max(seenAt, Math.min(...instants.filter((at) => at >= seenAt - HOUR)));
}

/** Instants of a year at which clocks in the zone jump. */
function jumps(offsetAt: (at: number) => number, year: number): number[] {
  const found: number[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 7 * 24 * HOUR) {
    let [before, after] = [at, at + 7 * 24 * HOUR];
    if (offsetAt(before) === offsetAt(after)) continue;
    while (after - before > MINUTE) {
      const middle = Math.floor((before + after) / 2 / MINUTE) * MINUTE;
      if (offsetAt(middle) === offsetAt(before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function half(hour: number, minute: number): string {
  return `${String(hour % 12 === 0 ? 12 : hour % 12)}:${String(minute).padStart(2, '0')}${hour < 12 ? 'am' : 'pm'}`;
}

/** A time so many days ahead in words with a date, and the instant that it is; null: longer past than an hour. */
function dated(
  ahead: number,
  hour: number,
  minute: number,
  seenAt: number,
  offsetAt: (at: number) => number,
): readonly (readonly [string, number | null])[] {
  const day = (Math.floor((seenAt + offsetAt(seenAt)) / (24 * HOUR)) + ahead) * 24 * HOUR;
  const at = instant(day + hour * HOUR + minute * MINUTE, offsetAt);
  const means = at < seenAt - HOUR ? null : Math.max(at, seenAt);
  const date = new Date(day);
  const [month = '', number, year] = [
    MONTHS[date.getUTCMonth()],
    String(date.getUTCDate()),
    String(date.getUTCFullYear()),
  ];
  const iso = date.toISOString().slice(0, 10);
  const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  const words = [
    `${month} ${number}, ${half(hour, minute)}`,
    `${month} ${number} at ${half(hour, minute)}`,
    `${number} ${month} ${year}, ${clock}`,
    `${iso}T${clock}`,
  ];
  return words.map((each) => [each, means] as const);
}

describe('over all zones', () => {
  const ZONES = Intl.supportedValuesOf('timeZone');

  test('agrees with Intl on ordinary days and at both edges of summer time', () => {
    const wrong: string[] = [];
    let checked = 0;
    let edges = 0;
    for (const zone of ZONES) {
      const offsetAt = offsets(zone);
      const edge = jumps(offsetAt, 2026);
      edges += edge.length;
      const seen = [SEEN, ...edge.flatMap((at) => [at - 3 * HOUR, at - 20 * MINUTE, at + 10 * MINUTE])];
      for (const seenAt of seen) {
        for (const [hour, minute] of [
          [0, 0],
          [1, 30],
          [2, 0],
          [2, 30],
          [3, 15],
          [12, 0],
          [23, 59],
        ] as const) {
          checked += 1;
          const text = `resets ${String(hour)}:${String(minute).padStart(2, '0')} (${zone})`;
          const at = resetTime(text, seenAt, 'UTC');
          if (at !== expected(hour, minute, seenAt, offsetAt))
            wrong.push(`${text} seen ${new Date(seenAt).toISOString()}: ${String(at)}`);
        }
      }
    }
    expect(ZONES.length).toBeGreaterThan(400);
    expect(edges).toBeGreaterThan(200);
    expect(checked).toBeGreaterThan(5000);
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test('agrees with Intl in every form, with the zone in the text and with that of the machine', () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const zone of ZONES) {
      const offsetAt = offsets(zone);
      const seen = [SEEN, ...jumps(offsetAt, 2026).map((at) => at - 30 * HOUR)];
      for (const seenAt of seen) {
        const walls = seenAt === SEEN ? ([[15, 45]] as const) : ([[2, 30]] as const);
        for (const [hour, minute] of walls) {
          const next = expected(hour, minute, seenAt, offsetAt);
          const forms = [
            [half(hour, minute), next] as const,
            ...[0, 1, 2].flatMap((ahead) => dated(ahead, hour, minute, seenAt, offsetAt)),
          ];
          for (const [words, at] of forms) {
            checked += 2;
            const zoned = resetTime(`resets ${words} (${zone})`, seenAt, 'Asia/Tokyo');
            const local = resetTime(`You've hit your limit · resets ${words}`, seenAt, zone);
            if (zoned !== at || local !== at)
              wrong.push(`${words} (${zone}) seen ${new Date(seenAt).toISOString()}: ${String(zoned)}`);
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(15_000);
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});
