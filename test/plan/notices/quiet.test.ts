import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outOfQuiet } from '../../../src/plan/notices/quiet.ts';

const MINUTE = 60_000;

function quiet(from: string, to: string, zone = 'Europe/Paris') {
  return { from, to, zone, except: [] };
}

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('quiet hours end', () => {
  test.each([
    ['in the morning, over midnight', '2026-11-24T01:30', quiet('23:00', '07:00'), '2026-11-24T06:00'],
    ['at once where it is not quiet', '2026-11-24T12:00', quiet('23:00', '07:00'), '2026-11-24T12:00'],
    ['at their very first minute', '2026-11-24T22:00', quiet('23:00', '07:00'), '2026-11-25T06:00'],
    ['not in their last minute', '2026-11-24T05:59', quiet('23:00', '07:00'), '2026-11-24T06:00'],
    ['within a day', '2026-11-24T12:10', quiet('12:00', '14:00', 'UTC'), '2026-11-24T14:00'],
    // 29 March 2026: 02:00 becomes 03:00 in Paris. The night is an hour shorter.
    [
      'an hour earlier when clocks go forward',
      '2026-03-28T23:00',
      quiet('23:00', '07:00'),
      '2026-03-29T05:00',
    ],
    [
      'when the clock shows something later than a time that is left out',
      '2026-03-29T00:10',
      quiet('23:00', '02:30'),
      '2026-03-29T01:00',
    ],
    // 25 October 2026: 03:00 becomes 02:00 in Paris. The night is an hour longer.
    ['an hour later when clocks go back', '2026-10-24T22:00', quiet('23:00', '07:00'), '2026-10-25T06:00'],
    [
      'the first time a time comes that comes twice',
      '2026-10-24T23:00',
      quiet('23:00', '02:30'),
      '2026-10-25T00:30',
    ],
    [
      'in zones of quarter hours',
      '2026-11-24T12:00',
      quiet('17:00', '18:15', 'Asia/Kathmandu'),
      '2026-11-24T12:30',
    ],
  ])('%s', (_, at, hours, end) => {
    expect(new Date(outOfQuiet(utc(at), hours)).toISOString()).toBe(new Date(utc(end)).toISOString());
  });

  test('there are none where none are declared', () => {
    expect(outOfQuiet(5, null)).toBe(5);
  });
});

const zones = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
];
const clock = fc
  .record({ h: fc.integer({ min: 0, max: 23 }), m: fc.integer({ min: 0, max: 59 }) })
  .map(({ h, m }) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);

describe('law', () => {
  test('what is held is held to the first minute that the wall clock of the zone does not call quiet', () => {
    fc.assert(
      fc.property(
        clock,
        clock,
        fc.constantFrom(...zones),
        fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2027-01-01T00:00') }),
        (from, to, zone, at) => {
          fc.pre(from !== to);
          const hours = quiet(from, to, zone);
          const end = outOfQuiet(at, hours);
          expect(end).toBeGreaterThanOrEqual(at);
          expect(isQuiet(end, hours)).toBe(false);
          if (end === at) return;
          // Each minute in between is quiet, by another way of telling the time.
          const start = at - (at % MINUTE);
          const every = Math.max(1, Math.floor((end - start) / MINUTE / 40));
          for (let t = start; t < end; t += every * MINUTE) expect(isQuiet(t, hours)).toBe(true);
          expect(isQuiet(end - MINUTE, hours)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** By the words of a clock, which compare like times of day. */
function isQuiet(at: number, { from, to, zone }: ReturnType<typeof quiet>): boolean {
  const now = new Date(at).toLocaleTimeString('sv-SE', { timeZone: zone }).slice(0, 5);
  return from < to ? now >= from && now < to : now >= from || now < to;
}
