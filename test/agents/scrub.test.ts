import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellRows, cellWidth } from '../../src/agents/scrub/cells.ts';
import { type Known } from '../../src/agents/scrub/find.ts';
import { scrubbed } from '../../src/agents/scrub/scrub.ts';
import { type Capture, captures, verdictOn } from './captures.ts';

const CAPTURES = captures();

/** As it would be known of the machine of somebody called Ann. */
const KNOWN: Known = {
  words: ['annika', 'Annika Sörensen', 'annikas-laptop', 'reserve-konto', '日本語ホスト'],
  secrets: ['hunter2-staple', 'xy7!'],
  folders: ['/data/annika/projects', '/srv/konto 7'],
  kept: [],
};

/** One of each kind; what of it may not be seen anywhere afterwards. */
const SEEDS: readonly (readonly [string, readonly string[]])[] = [
  ['/home/annika/conformvault/src/a.ts', ['annika', 'conformvault']],
  ['/data/annika/projects/geheim.txt', ['geheim']],
  ['/srv/konto 7/vorhaben', ['konto', 'vorhaben']],
  ['~/conformvault/vorhaben.md', ['conformvault', 'vorhaben']],
  ['annika@annikas-laptop', ['annika', 'laptop']],
  ['Annika Sörensen', ['Sörensen']],
  ['日本語ホスト', ['日本', 'ホスト']],
  ['annika.s+x@example.org', ['annika', 'example']],
  ['reserve-konto', ['reserve', 'konto']],
  ['hunter2-staple', ['hunter2', 'staple']],
  ['…nter2-staple', ['staple']],
  ['xy7!', ['xy7']],
  ['sk-ant-api03-q8Zr5tYw2mNv7KpLx3Bd', ['q8Zr5tYw', '3Bd']],
  ['ghp_q8Zr5tYw2mNv7KpLx3BdQ8Zr5tYw2mNv', ['q8Zr5tYw']],
  ['github_pat_11ABCDEFG0q8Zr5tYw2mNv', ['q8Zr5tYw']],
  ['glpat-q8Zr5tYw2mNv7KpLx3Bd', ['q8Zr5tYw']],
  ['xoxb-123456789012-q8Zr5tYw', ['q8Zr5tYw']],
  ['AKIAQ8ZR5TYW2MNV7KPL', ['Q8ZR5TYW']],
  ['AIzaq8Zr5tYw2mNv7KpLx3BdQ8Zr5tYw2mN', ['q8Zr5tYw']],
  ['re_q8Zr5tYw_2mNv7KpLx3Bd', ['2mNv7KpL']],
  ['123456789:q8Zr5tYw2mNv7KpLx3BdQ8Zr5tYw2mNv', ['q8Zr5tYw']],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.q8Zr5tYw2mNv', ['hbGciOiJ', 'zdWIiOiI', 'q8Zr5tYw']],
  ['https://bob:q8Zr5tYw@git.example.org/x', ['q8Zr5tYw', 'bob']],
  ['Bearer q8Zr5tYw2mNv', ['q8Zr5tYw']],
  ['DB_PASSWORD=q8Zr5tYw', ['q8Zr5tYw']],
  ['61ee476c-2ab2-4640-81b7-42d51dfc08c2', ['61ee', '476c', '08c2']],
  ['ses_q8Zr5tYw2mNv', ['q8Zr5tYw']],
  ['203.0.113.77', ['113.77']],
  ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ['wJalrXUt', 'bPxRfiCY']],
];

function widths(text: string): readonly number[] {
  return cellRows(text).map(({ cells }) => cells.reduce((sum, cell) => sum + cellWidth(cell), 0));
}

/** The capture with a text in place of as many columns of one row, not in the agent's own words about itself. */
function seeded({ text }: Capture, seed: string, row: number, column: number): string {
  const lines = text.split('\n');
  const blank = lines.flatMap((line, at) => (/^ *$/.test(line) ? [at] : []));
  const at = blank[row % Math.max(blank.length, 1)];
  if (at === undefined) return `${' '.repeat(column)}${seed}\n${text}`;
  lines[at] = `${' '.repeat(column)}${seed}`;
  return lines.join('\n');
}

const ANY = fc.record({
  screen: fc.constantFrom(...CAPTURES),
  seed: fc.constantFrom(...SEEDS),
  row: fc.nat(200),
  column: fc.nat(40),
});

describe('a scrubbed screen', () => {
  test('reads the same as before, over the whole corpus, in both forms', () => {
    const wrong = CAPTURES.filter((seen) => {
      const { ansi, plain } = scrubbed(seen.text, seen.title, KNOWN, 120);
      const before = verdictOn(seen);
      const after = seen.coloured ? verdictOn(seen, ansi) : verdictOn(seen, plain);
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('keeps each row as wide as it was, and as many, over the whole corpus', () => {
    for (const { text, title } of CAPTURES) {
      expect(widths(scrubbed(text, title, KNOWN).ansi)).toEqual(widths(text));
    }
  });

  test('shows no secret of any kind, wherever it stands, and reads as the screen with it did', () => {
    fc.assert(
      fc.property(ANY, ({ screen, seed: [seed, telling], row, column }) => {
        const text = seeded(screen, seed, row, column);
        const { ansi, plain } = scrubbed(text, screen.title, KNOWN, 120);
        for (const each of telling) {
          expect(ansi).not.toContain(each);
          expect(plain).not.toContain(each);
        }
        expect(widths(ansi)).toEqual(widths(text));
        expect(verdictOn(screen, ansi)).toEqual(verdictOn(screen, text));
      }),
      { numRuns: Number(process.env['ROLLCALL_RUNS'] ?? 150) },
    );
  });

  test.each(SEEDS)('shows nothing of %s that wraps within a box', (seed, telling) => {
    const chars = Array.from(seed);
    for (let cut = 1; cut < chars.length; cut += 1) {
      const text = `  │ it said, as long as a row in front of it: ${chars.slice(0, cut).join('')} │\n  │ ${chars.slice(cut).join('')} and on │`;
      const { ansi } = scrubbed(text, null, KNOWN);
      const told = ansi.replaceAll(/[^\p{L}\p{N}]/gu, '');
      for (const each of telling)
        expect(told, `cut at ${String(cut)}`).not.toContain(each.replaceAll(/[^\p{L}\p{N}]/gu, ''));
    }
  });

  test('shows nothing that only colours, links or invisible characters break up', () => {
    const token = 'sk-ant-api03-\u001b[1mq8Zr5tYw\u001b[0m2mNv7KpLx3Bd';
    const link = '\u001b]8;;https://bob:q8Zr5tYw@x.org\u001b\\here\u001b]8;;\u001b\\';
    const hidden = 'ann\u200bika';
    const { ansi } = scrubbed(`${token}\n\n${link}\n\n${hidden}`, 'annika: q', KNOWN);
    expect(ansi).toBe('xxxxxxxxxxxxx\u001b[1mxxxxxxxx\u001b[0mxxxxxxxxxxxx\n\nhere\n\nxxxxxx');
  });

  test('hides in the title, too', () => {
    expect(scrubbed('', '✳ mail annika.s@example.org', KNOWN).title).toBe('✳ mail xxxxxx.x@xxxxxxx.xxx');
  });

  test('leaves what it is told to leave, and words that only hold one', () => {
    const { plain } = scrubbed('annika annikas anni', null, { ...KNOWN, kept: ['annika'] });
    expect(plain).toBe('annika annikas anni');
    expect(scrubbed('annika annikas anni', null, KNOWN).plain).toBe('xxxxxx annikas anni');
  });

  test('takes any text in bounded time', () => {
    const started = performance.now();
    for (const piece of [
      'a',
      '-',
      'A1a-',
      '/home/a',
      '~/',
      'x@',
      '0-',
      'key=',
      '1.',
      '://a:',
      '\u001b[',
      'eyJ',
    ]) {
      scrubbed(Array.from({ length: 40 }, () => piece.repeat(500 / piece.length)).join('\n'), null, KNOWN);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
