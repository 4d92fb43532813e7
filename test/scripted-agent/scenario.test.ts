import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { EMPTY_BOX, sentText, shownText, withPasted, withTyped } from './input/box.ts';
import { keyReader } from './input/keys.ts';
import type { Key } from './input/keys.ts';
import { ruleChooser } from './scenario/choose.ts';
import { checkScenario } from './scenario/read.ts';
import { cellsOf, harmless, wrapped } from './screen/text.ts';
import { resetWords } from './turn/reset-words.ts';

describe('a scenario', () => {
  it('is whole when nothing is written', () => {
    expect(checkScenario({})).toMatchObject({ ok: true, scenario: { rules: [], start: { readyMs: 400 } } });
  });

  it('is refused with every problem at once, each with its place', () => {
    const read = checkScenario({
      strat: {},
      input: { swallowEnter: { type: 'sometimes' } },
      rules: [
        { when: { prompt: '(' }, steps: [{ type: 'work' }, { type: 'fail', kind: '418' }] },
        { steps: 'none' },
      ],
    });
    expect(read.ok ? [] : read.problems.map((problem) => problem.split(':')[0])).toEqual([
      'strat',
      'input.swallowEnter.type',
      'rules[0].when.prompt',
      'rules[0].steps[0].ms',
      'rules[0].steps[1].kind',
      'rules[1].steps',
    ]);
  });

  it('chooses by prompt, home, turn and resume, as often as the rule says', () => {
    const read = checkScenario({
      rules: [
        {
          when: { prompt: '^Task (?<id>\\S+)', turn: 1 },
          times: 1,
          steps: [{ type: 'print', text: '{id} {1} {x}' }],
        },
        { when: { home: 'backup$', resumed: true }, steps: [{ type: 'hang' }] },
      ],
    });
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const choose = ruleChooser(read.scenario.rules);
    const asked = { prompt: 'Task 7 please', home: '/h/main', turn: 1, resumed: false };
    expect(choose(asked)).toEqual({ rule: 0, refuse: false, steps: [{ type: 'print', text: '7 7 {x}' }] });
    expect(choose(asked).rule).toBeNull();
    expect(choose({ ...asked, home: '/h/backup', resumed: true }).rule).toBe(1);
    expect(choose({ ...asked, home: '/h/backup' }).rule).toBeNull();
  });
});

describe('the keyboard', () => {
  const read = (...chunks: readonly string[]): readonly Key[] => {
    const keys: Key[] = [];
    const feed = keyReader((key) => keys.push(key));
    chunks.forEach((chunk) => feed(Buffer.from(chunk, 'latin1')));
    return keys;
  };
  const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

  it('reads a paste that comes in any pieces, and only as text', () => {
    const text = utf8('\x1b[200~a\r\nb\x03\té日\x1b[201~\r');
    const whole = read(text);
    expect(whole).toEqual([
      { type: 'paste', text: 'a\nb\x03    é日' },
      { type: 'key', name: 'enter' },
    ]);
    for (let at = 1; at < text.length; at += 1)
      expect(read(text.slice(0, at), text.slice(at))).toEqual(whole);
  });

  it('takes what stands behind a paste that a text ended by itself for keys', () => {
    expect(read('\x1b[200~a\x1b[201~\x03\x1b[201~')).toEqual([
      { type: 'paste', text: 'a' },
      { type: 'key', name: 'c-c' },
      { type: 'key', name: 'other' },
    ]);
  });

  it('takes a long burst for a paste, and drops typed tabs', () => {
    expect(read(`${'x'.repeat(801)}\r`)).toEqual([
      { type: 'paste', text: 'x'.repeat(801) },
      { type: 'key', name: 'enter' },
    ]);
    expect(read('a\tb')).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
  });

  it('knows Escape from the keys that begin with it', async () => {
    const keys: Key[] = [];
    const feed = keyReader((key) => keys.push(key));
    feed(Buffer.from('\x1b[A\x1b[<35;1;2M\x1b'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(keys.map((key) => (key.type === 'key' ? key.name : key.type))).toEqual(['up', 'other', 'escape']);
  });
});

describe('the input box', () => {
  it.each([
    ['3 lines', 'a\nb\nc', 'a\nb\nc'],
    ['4 lines', 'a\nb\nc\nd', '[Pasted text #5 +3 lines]'],
    ['800 characters', 'x'.repeat(800), 'x'.repeat(800)],
    ['801 characters', 'x'.repeat(801), '[Pasted text #5]'],
  ])('shows a paste of %s', (_name, text, shown) => {
    expect(shownText(withPasted(EMPTY_BOX, text, 5))).toBe(shown);
  });

  it('sends a long paste wrapped, behind the typed words, exact', () => {
    const sent = sentText(withPasted(withTyped(EMPTY_BOX, 'Do this:'), 'a\n\n b\nc\n', 1));
    expect(sent).toMatch(
      /^Do this: <pasted_content id="(\w{4})">\na\n\n b\nc\n\n<\/pasted_content id="\1">$/,
    );
  });
});

describe('text on the screen', () => {
  it('fits the width, loses no word, and can do nothing to the terminal', () => {
    const text = `one ${'long'.repeat(20)} 日本語 \x1b[2Jtwo\x07 \u202ethree`;
    for (const width of [5, 20, 60]) {
      const lines = wrapped(text, width);
      expect(Math.max(...lines.map(cellsOf))).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(harmless(text).replaceAll(' ', ''));
    }
    expect(harmless(text)).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });
});

describe('a reset', () => {
  it.each([
    ['2026-11-22T14:39:27Z', '2:39pm'],
    ['2026-11-22T20:00:00Z', '8pm'],
    ['2026-11-23T00:05:00Z', '12:05am'],
    ['2026-11-25T23:29:26Z', 'Nov 25, 11:29pm'],
  ])('at %s is %s', (at, words) => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'UTC';
    expect(resetWords(Date.parse(at), Date.parse('2026-11-22T12:09:00Z'))).toBe(words);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
});

describe('the command line', () => {
  it('takes what stands behind -- as the prompt, and drops its own path', () => {
    const self = `${import.meta.dirname}/agent.ts`;
    expect(readCommandLine([self, '--model', 'opus', '--resume=x', '--', '--not an option'])).toMatchObject({
      type: 'run',
      options: {
        model: 'opus',
        resume: 'x',
        prompt: '--not an option',
        flags: ['--model', 'opus', '--resume=x'],
      },
    });
  });

  it.each([
    [['--frobnicate'], /unknown option '--frobnicate'/],
    [['--session-id', 'seven'], /Invalid session ID/],
    [['--permission-mode', 'yolo'], /is invalid/],
    [['--model'], /argument missing/],
  ])('refuses %j', (argv, words) => {
    const line = readCommandLine(argv);
    expect(line.type === 'error' ? line.text : '').toMatch(words);
  });
});
