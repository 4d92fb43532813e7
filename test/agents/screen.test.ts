import { describe, expect, test } from 'vitest';
import { type Capture, captures, labelOf, verdictOn } from './captures.ts';
import { bare, cutAt, redrawnAt } from './rewrap.ts';

const ALL = captures();
const WIDTHS = [60, 61, 66, 72, 80, 97, 100, 110, 119, 140, 170, 200];

function cutFromTop(text: string, count: number): string {
  return text.split('\n').slice(count).join('\n');
}

/** What opens the last turn; for OpenCode, where the box looks the same, what opens the first one shown. */
function opener({ agent, text }: Capture): number {
  const rows = text.split('\n').map(bare);
  if (agent === 'opencode') return rows.findIndex((row) => row.startsWith('  ┃'));
  const opens = { claude: /^❯ /, codex: /^› (?!\d|Ask)/, gemini: /^ > (?! |\[)/, generic: /^$/ };
  return rows.findLastIndex((row) => opens[agent].test(row));
}

describe('the corpus', () => {
  test('has screens of every agent, plain and with colours', () => {
    expect(ALL.length).toBeGreaterThan(150);
    expect(new Set(ALL.map(({ agent }) => agent)).size).toBe(4);
  });

  test.each(ALL.map((each) => [each.name, each] as const))('%s is read as labelled', (_, each) => {
    expect(labelOf(verdictOn(each))).toEqual(each.label);
  });

  test.each(WIDTHS)('keeps its verdicts in a pane cut to %d columns', (width) => {
    const wrong = ALL.filter((each) => !sameAs(each, cutAt(each.text, width))).map(({ name }) => name);
    expect(wrong).toEqual([]);
  });

  test.each(WIDTHS)('keeps its verdicts in a pane redrawn at %d columns', (width) => {
    const wrong = ALL.filter((each) => !sameAs(each, redrawnAt(each.text, width))).map(({ name }) => name);
    expect(wrong).toEqual([]);
  });

  test('keeps its verdicts without the rows above the last turn', () => {
    const wrong = ALL.flatMap((each) => {
      const most = opener(each);
      const counts = Array.from({ length: Math.max(0, most) }, (_, index) => index + 1);
      return counts
        .filter((count) => !sameAs(each, cutFromTop(each.text, count)))
        .map((count) => `${each.name} -${String(count)}`);
    });
    expect(wrong).toEqual([]);
  });

  test('keeps its verdicts on limits without the prompt', () => {
    const limits = ALL.filter(({ label, agent }) => label.state === 'limited' && agent === 'claude');
    const wrong = limits.filter((each) => !sameAs(each, cutFromTop(each.text, opener(each) + 1)));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('keeps its verdicts whatever came before', () => {
    const scrollback = ['❯ an older task', '', '● An older answer.', '', '✻ Baked for 3s · done 9:00 AM', ''];
    const claude = ALL.filter(({ agent, text }) => agent === 'claude' && /^❯ /m.test(bare(text)));
    expect(claude.length).toBeGreaterThan(20);
    expect(
      claude.filter((each) => !sameAs(each, [...scrollback, each.text].join('\n'))).map(({ name }) => name),
    ).toEqual([]);
  });

  test('keeps its verdicts whatever the task says', () => {
    const wrong = ALL.flatMap((each) =>
      TASKS.filter((task) => !sameAs(each, withTask(each.text, task))).map((task) => `${each.name}: ${task}`),
    );
    expect(wrong).toEqual([]);
  });

  test('keeps its verdicts with blank rows below, trailing spaces and DOS line ends', () => {
    const ways = [
      (text: string) => `${text}\n\n\n`,
      (text: string) => text.replaceAll('\n', '   \n'),
      (text: string) => text.replaceAll('\n', '\r\n'),
    ];
    expect(
      ALL.filter((each) => ways.some((way) => !sameAs(each, way(each.text)))).map(({ name }) => name),
    ).toEqual([]);
  });

  test('loses the limit where the rows that say it are gone', () => {
    const limited = ALL.filter(({ label }) => label.evidence === 'quota');
    const without = (text: string): string =>
      text
        .split('\n')
        .filter((row) => !/limit|automatically|to purchase more/i.test(row))
        .join('\n');
    expect(limited.length).toBeGreaterThan(10);
    expect(
      limited
        .filter((each) => verdictOn(each, without(each.text)).evidence === 'quota')
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

/** What a task may say; none of it may count. */
const TASKS = [
  'go',
  'summarise why 5-hour limit reached · resets 7pm (UTC)',
  "You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)",
  'API Error: 500 Internal server error, overloaded_error',
  '修正してください ✓ ünïcode 🎉',
  'esc to interrupt',
];

/** The same screen with another task where the corpus has its neutral one. */
function withTask(text: string, task: string): string {
  return text.replaceAll(/(?:say )?fix the fail\w*(?: (?:test|tes|t))?(?: {1,2}\w+)*/g, task);
}

function sameAs(each: Capture, text: string): boolean {
  return JSON.stringify(labelOf(verdictOn(each, text))) === JSON.stringify(each.label);
}
