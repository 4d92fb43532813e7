import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exposition, type Family } from '../../src/report/exposition.ts';
import { scraped } from '../support/exposition.ts';

const arbText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\n', 'a\nb', '\\"', '{a="b"}', ',', '# HELP'),
);
const arbNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(Infinity, -Infinity, 1e21, 1e-9),
);

it('writes what a scraper reads back, whatever a label holds', () => {
  fc.assert(
    fc.property(fc.uniqueArray(arbText, { minLength: 1, maxLength: 5 }), arbNumber, (texts, value) => {
      const samples = texts.map((text) => ({ labels: { kind: 'x', text }, value }));
      const family: Family = { type: 'gauge', name: 'rollcall_thing', help: 'With \\ and\na line.', samples };
      const { series, types } = scraped(exposition([family]));
      expect(types).toEqual({ rollcall_thing: 'gauge' });
      expect(series.map(({ labels }) => labels)).toEqual(samples.map(({ labels }) => labels));
      for (const each of series) expect(each.value).toBe(value === 0 ? 0 : value);
    }),
  );
});

it('says of a histogram how many were at most so long', () => {
  const text = exposition([
    {
      type: 'histogram',
      name: 'rollcall_wait_seconds',
      help: 'Waits.',
      samples: [{ labels: { inbox: 'box' }, bounds: [0.5, 1], counts: [2, 0, 3], sum: 7.5 }],
    },
  ]);
  expect(text).toBe(
    [
      '# HELP rollcall_wait_seconds Waits.',
      '# TYPE rollcall_wait_seconds histogram',
      'rollcall_wait_seconds_bucket{inbox="box",le="0.5"} 2',
      'rollcall_wait_seconds_bucket{inbox="box",le="1"} 2',
      'rollcall_wait_seconds_bucket{inbox="box",le="+Inf"} 5',
      'rollcall_wait_seconds_sum{inbox="box"} 7.5',
      'rollcall_wait_seconds_count{inbox="box"} 5',
      '',
    ].join('\n'),
  );
  expect(scraped(text).series).toHaveLength(5);
});

it('leaves out what has no sample', () => {
  expect(exposition([{ type: 'gauge', name: 'rollcall_nothing', help: 'None.', samples: [] }])).toBe('');
});

it('is checked by a reader that refuses what is not the format', () => {
  const good = '# HELP rollcall_a A.\n# TYPE rollcall_a gauge\nrollcall_a 1\n';
  expect(scraped(good).series).toHaveLength(1);
  for (const bad of [
    good.slice(0, -1),
    good.replace('gauge', 'counter'),
    good.replace(' 1', ' one'),
    `${good}rollcall_a 2\n`,
    `${good}${good}`,
    good.replace('rollcall_a 1', 'rollcall_a{x="a"b"} 1'),
    good.replace('rollcall_a 1', 'rollcall_b 1'),
    good.replace('# HELP rollcall_a A.\n', ''),
  ])
    expect(() => scraped(bad)).toThrow(/./);
});
