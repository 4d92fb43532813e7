import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { styleFor } from '../../src/report/style.ts';
import { table } from '../../src/report/table.ts';
import { clock, duration, iso } from '../../src/report/time.ts';
import { padded, textWidth, truncated, wrapped } from '../../src/report/width.ts';
import { PLAIN } from './samples.ts';

const TERMINAL = { isTTY: true, columns: 120 };
const PIPE = { isTTY: false, columns: null };

describe('style', () => {
  test.each([
    ['a terminal has colour', TERMINAL, {}, 'auto', true],
    ['a pipe has none', PIPE, {}, 'auto', false],
    ['NO_COLOR takes it away', TERMINAL, { NO_COLOR: '1' }, 'auto', false],
    ['an empty NO_COLOR says nothing', TERMINAL, { NO_COLOR: '' }, 'auto', true],
    ['FORCE_COLOR gives it to a pipe', PIPE, { FORCE_COLOR: '1' }, 'auto', true],
    ['FORCE_COLOR=0 takes it away', TERMINAL, { FORCE_COLOR: '0' }, 'auto', false],
    ['NO_COLOR wins over FORCE_COLOR', PIPE, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'auto', false],
    ['--color always wins over NO_COLOR', PIPE, { NO_COLOR: '1' }, 'always', true],
    ['--color never wins over FORCE_COLOR', TERMINAL, { FORCE_COLOR: '1' }, 'never', false],
    ['a dumb terminal has none', TERMINAL, { TERM: 'dumb' }, 'auto', false],
  ] as const)('%s', (_, stream, env, flag, colour) => {
    expect(styleFor(stream, env, flag, 0).colour).toBe(colour);
  });

  test.each([
    [{ LANG: 'sv_SE.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LC_ALL: '', LANG: 'en_US.UTF-8' }, true],
    [{}, false],
  ])('symbols outside ASCII want a UTF-8 locale: %j', (env, unicode) => {
    expect(styleFor(PIPE, env, 'auto', 0).unicode).toBe(unicode);
  });

  test('the width is the terminal, then COLUMNS, then 100', () => {
    expect(styleFor(TERMINAL, {}, 'auto', 0).width).toBe(120);
    expect(styleFor(PIPE, { COLUMNS: '72' }, 'auto', 0).width).toBe(72);
    expect(styleFor(PIPE, { COLUMNS: 'wide' }, 'auto', 0).width).toBe(100);
  });
});

describe('width', () => {
  test('counts wide and combining characters as a terminal does', () => {
    expect(textWidth('abc')).toBe(3);
    expect(textWidth('作業')).toBe(4);
    expect(textWidth('e\u0301')).toBe(1);
    expect(textWidth('🚀')).toBe(2);
  });

  test('never cuts to more than it was told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 40 }), (text, width) => {
        expect(textWidth(truncated(text, width, '…'))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('fills up to what it was told, and never cuts', () => {
    expect(padded('作', 4)).toBe('作  ');
    expect(padded('7', 3, 'right')).toBe('  7');
    expect(padded('long', 2)).toBe('long');
  });

  test('wraps without losing a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
        fc.integer({ min: 1, max: 30 }),
        (words, width) => {
          expect(wrapped(words.join(' '), width).join(' ')).toBe(words.join(' '));
        },
      ),
    );
  });
});

describe('table', () => {
  const columns = [
    { title: 'NAME', least: 4 },
    { title: 'N', align: 'right' },
    { title: 'NOTE', least: 4 },
  ] as const;

  test('never exceeds the width, whatever is in it', () => {
    const cell = fc.record({ text: fc.string({ unit: 'binary' }) });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 8, max: 90 }), (rows, width) => {
        const wide = table(columns, rows, { ...PLAIN, width }).filter((line) => textWidth(line) > width);
        expect(wide).toEqual([]);
      }),
    );
  });

  test('cuts the right-hand column first', () => {
    const rows = [[{ text: 'abcdefgh' }, { text: '1' }, { text: 'a longer note' }]];
    expect(table(columns, rows, { ...PLAIN, width: 19 })).toEqual([
      'NAME      N  NOTE',
      'abcdefgh  1  a lon…',
    ]);
  });

  test('leaves out a column with nothing in it', () => {
    expect(table(columns, [[{ text: 'a' }, { text: '' }, { text: 'b' }]], PLAIN)).toEqual([
      'NAME  NOTE',
      'a     b',
    ]);
  });
});

describe('time', () => {
  test.each([
    [-5, '0.0 s'],
    [104, '0.1 s'],
    [9949, '9.9 s'],
    [34_000, '34 s'],
    [59_600, '1 m'],
    [90_000, '1 m 30 s'],
    [9_660_000, '2 h 41 m'],
    [7_200_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test('a time of another day comes with its date, in the zone asked for', () => {
    const now = Date.parse('2026-11-22T15:00:00Z');
    expect(clock(now + 3_600_000, now, 'UTC')).toBe('16:00');
    expect(clock(now + 3_600_000, now, 'Europe/Stockholm')).toBe('17:00');
    expect(clock(now + 86_400_000, now, 'UTC')).toBe('2026-11-23 15:00');
  });

  test('a time that is none is null, and never throws', () => {
    expect(iso(null)).toBeNull();
    expect(iso(Number.NaN)).toBeNull();
    expect(iso(1e300)).toBeNull();
    expect(iso(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});
