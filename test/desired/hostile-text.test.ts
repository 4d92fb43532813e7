import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BYTES } from '../../src/desired/text.ts';
import { readDesired, readDesiredBytes } from '../../src/desired/read.ts';
import { BASE, body, brief, EXAMPLE, found, good } from './reading.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { often } from '../support/heavy.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const filled = (unit: string): string => unit.repeat(Math.ceil(MAX_BYTES / unit.length)).slice(0, MAX_BYTES);
const numbered = (line: (index: number) => string): string =>
  Array.from({ length: 30_000 }, (_, index) => line(index))
    .join('\n')
    .slice(0, MAX_BYTES);

/** Each fills the whole 256 KiB. */
const HOSTILE: Readonly<Record<string, string>> = {
  'many keys': numbered((index) => `k${String(index)}: 1`),
  'the same key': filled('name: a\n'),
  'many pools': `pools:\n${numbered((index) => `  p${String(index)}: {prefix: a${String(index)}, max: 9}`)}`,
  'many inboxes': `inboxes:\n${numbered((index) => `  p${String(index)}: {dir: /a, pool: q}`)}`,
  'many accounts': `accounts:\n${numbered((index) => `  p${String(index)}: {home: /a}`)}`,
  'a long list': filled('- a\n'),
  'a deep list': filled('- '),
  'open brackets': filled('['),
  'open braces': filled('{a: '),
  'closed brackets': filled('}'),
  'closed brackets on lines': filled(']\n'),
  quotes: filled('"'),
  anchors: filled('&a '),
  tags: filled('!a '),
  aliases: filled('- *a\n'),
  documents: filled('---\n'),
  directives: filled('%a b\n'),
  comments: filled('#\n'),
  'open quotes': filled('a: "b\n'),
  'open lists': filled('a: [\n'),
  'a long word': filled('x'),
  'a long line': `{${filled('a, ').slice(2)}`,
  'long secrets': filled('token: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: '),
  'a long address': `name: ${filled('a://')}`,
  'one long comment': `name: [ # ${filled('key:')}`,
};

describe('hostile text', () => {
  test.each(Object.entries(HOSTILE))('%s is refused in bounded time', (_, text) => {
    const reading = readDesiredBytes(bytes(text).slice(0, MAX_BYTES), BASE);
    const took = cpuMs(() => readDesiredBytes(bytes(text).slice(0, MAX_BYTES), BASE));
    expect(reading.ok).toBe(false);
    expect(took).toBeLessThan(1000);
    expect(found(reading).length).toBeLessThanOrEqual(501);
    expect(found(reading).reduce((sum, { frame }) => sum + frame.length, 0)).toBeLessThan(500_000);
  });

  test('5 MB is refused without being read', () => {
    const large = bytes('a: b\n'.repeat(1_000_000));
    const reading = readDesiredBytes(large, BASE);
    expect(cpuMs(() => readDesiredBytes(large, BASE))).toBeLessThan(100);
    expect(brief(reading)).toEqual(['too-large 0:0 ']);
    expect(brief(readDesired('a: b\n'.repeat(1_000_000), BASE))).toEqual(['too-large 0:0 ']);
  });

  test('a bomb of aliases does not grow', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${String(level)}: &a${String(level)} [${`*a${String(level - 1)},`.repeat(9)}]`,
    );
    const started = performance.now();
    expect(body(`x: &a-1 [lol]\n${levels.join('\n')}`).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });

  test.each([
    ['nothing', '', 'empty'],
    ['a byte order mark', '\uFEFF', 'empty'],
    ['blank lines', '\n \n\t\n', 'empty'],
    ['comments', '# name: home\n  # more', 'empty'],
    ['an empty document', '---\n...\n', 'no-value'],
    ['null', '~', 'no-value'],
    ['a word', 'home', 'bad-value'],
    ['a list', '- a', 'bad-value'],
    ['NUL', 'name: a\0', 'control-character'],
    ['an escape sequence', 'name: \u001b[31mred', 'control-character'],
  ])('a file with only %s never means that nothing is desired', (_, text, code) => {
    const reading = readDesiredBytes(bytes(text), BASE);
    expect(reading.ok).toBe(false);
    expect(found(reading).map((problem) => problem.code)).toContain(code);
  });

  test('what is not UTF-8 is refused', () => {
    expect(brief(readDesiredBytes(Uint8Array.of(0x6e, 0xff, 0xfe), BASE))).toEqual(['not-utf-8 0:0 ']);
  });

  test('a byte order mark and CRLF change nothing but the hash', () => {
    const plain = good(readDesired(EXAMPLE, BASE));
    const windows = good(readDesiredBytes(bytes(`\uFEFF${EXAMPLE.replaceAll('\n', '\r\n')}`), BASE));
    expect(windows).toEqual({ ...plain, hash: windows.hash });
    expect(windows.hash).not.toBe(plain.hash);
  });

  test('a file cut off at any byte never throws and never stands for a fleet without a name', () => {
    const whole = bytes(EXAMPLE);
    for (let length = 0; length < whole.length; length += often(5, 1)) {
      const reading = readDesiredBytes(whole.slice(0, length), BASE);
      if (reading.ok) expect(['h', 'ho', 'hom', 'home']).toContain(reading.desired.name);
      else expect(reading.problems.length).toBeGreaterThan(0);
    }
  }, 120_000);

  test('any text and any bytes give a state or problems', () => {
    const yamlish = fc.array(
      fc.constantFrom(
        'a',
        'pools',
        'name',
        ': ',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '#',
        '|',
        '&a',
        '*a',
        '~',
        '!',
        '%',
        '?',
        '<<',
        '__proto__',
        '\t',
        '1',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          const reading = readDesired(text, BASE);
          expect(reading.ok ? 1 : reading.problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: often(500, 3000) },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        expect(readDesiredBytes(random, BASE).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a damaged example never throws, and never stands for a fleet without a name', () => {
    const damaged = fc.property(
      fc.nat(EXAMPLE.length),
      fc.nat(40),
      fc.string({ maxLength: 12 }),
      (from, length, put) => {
        const reading = readDesired(EXAMPLE.slice(0, from) + put + EXAMPLE.slice(from + length), BASE);
        return reading.ok ? reading.desired.name !== '' : reading.problems.length > 0;
      },
    );
    expect(fc.check(damaged, { numRuns: often(200, 2000) })).toMatchObject({ failed: false });
  });
});
