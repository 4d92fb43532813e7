import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { type SeenScreen, readScreen } from '../../src/agents/screen.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import { captures, verdictOn } from './captures.ts';

const PROFILES = BUILTIN_AGENTS.map((name) => builtinProfile(name));
const seen = (text: string): SeenScreen => ({ text, seenAt: 0, title: null });
const SIZE = 256 * 1024;

const HUGE: Readonly<Record<string, string>> = {
  'one row of letters': 'a'.repeat(SIZE),
  'one row of spaces': ' '.repeat(SIZE),
  'rows of spaces that end in a letter': `${' '.repeat(499)}a\n`.repeat(SIZE / 501),
  'blank rows': '\n'.repeat(SIZE),
  'escapes that never end': '\u001b['.repeat(SIZE / 2),
  'an endless string escape': `\u001b]${'x'.repeat(SIZE)}`,
  colours: '\u001b[38;5;211m●'.repeat(SIZE / 12),
  'one long colour': `\u001b[${'1;'.repeat(SIZE / 2)}m`,
  rules: `${'─'.repeat(120)}\n`.repeat(SIZE / 121),
  prompts: '❯ \n'.repeat(SIZE / 3),
  boxes: `${'─'.repeat(60)}\n❯\u00a0\n`.repeat(SIZE / 64),
  limits: "  ⎿ \u00a0You've hit your 5-hour limit · resets 2:39pm (UTC)\n".repeat(SIZE / 56),
  'words of limits': `${"● You've hit your limit resets resets resets resets · ".repeat(9)}\n`.repeat(
    SIZE / 480,
  ),
  frames: `│${' x'.repeat(240)}\n`.repeat(SIZE / 482),
  'frames in frames': `${'│ '.repeat(240)}\n`.repeat(SIZE / 481),
  dialogs: '  1. Yes\n  Enter to confirm · Esc to cancel\n'.repeat(SIZE / 43),
  errors: `● API Error: ${'overloaded_error '.repeat(28)}\n`.repeat(SIZE / 490),
  spinners: `✻ ${'a… '.repeat(160)}\n`.repeat(SIZE / 483),
  surrogates: '\ud800'.repeat(SIZE),
  'zero bytes': '\u0000'.repeat(SIZE),
  'full rows of words': `${'ab '.repeat(166)}\n`.repeat(SIZE / 499),
};

describe('a hostile screen', () => {
  test('of any text never throws, and is no limit', () => {
    const law = fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) =>
      PROFILES.every((profile) => readScreen(profile, seen(text)).evidence !== 'quota'),
    );
    expect(() => fc.assert(law, { numRuns: 400 })).not.toThrow();
  });

  test('made of the pieces of real ones never throws', () => {
    const rows = [...new Set(captures().flatMap(({ text }) => text.split('\n')))];
    const piece = fc.oneof(fc.constantFrom(...rows), fc.string({ maxLength: 40 }), fc.constant(''));
    const law = fc.property(fc.array(piece, { maxLength: 60 }), (pieces) =>
      PROFILES.every((profile) => readScreen(profile, seen(pieces.join('\n'))).rule !== ''),
    );
    expect(() => fc.assert(law, { numRuns: 400 })).not.toThrow();
  });

  test.each(Object.keys(HUGE))('of 256 KiB of %s takes under 50 ms', (name) => {
    const text = (HUGE[name] ?? '').slice(0, SIZE);
    for (const profile of PROFILES) {
      const times = [0, 1, 2].map(() => {
        const before = performance.now();
        readScreen(profile, seen(text));
        return performance.now() - before;
      });
      expect({ agent: profile.name, quick: Math.min(...times) < 50, ms: Math.min(...times) }).toMatchObject({
        quick: true,
      });
    }
  });

  test('damaged at any one row never throws, and says no other limit', () => {
    for (const each of captures().filter(({ label }) => label.evidence !== 'quota')) {
      const rows = each.text.split('\n');
      for (let at = 0; at < rows.length; at += 3) {
        expect(verdictOn(each, rows.toSpliced(at, 1).join('\n')).evidence).not.toBe('quota');
      }
    }
  });
});
