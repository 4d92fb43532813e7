import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readScreen } from '../../src/agents/screen.ts';
import { capture, captures, verdictOn } from './captures.ts';
import { BANNERS, idleScreen, imitations } from './imitations.ts';
import { cutAt } from './rewrap.ts';

const IDLE = capture('claude/23-idle-manual', false);
const IMITATIONS = imitations([60, 90, 120, 200]);

const WINDOWS = [
  'session ',
  '5-hour ',
  'weekly ',
  'Opus ',
  'Sonnet ',
  'Fable ',
  'Opus weekly ',
  'usage ',
  '',
];
const RESETS: readonly (readonly [string, string])[] = [
  [' · resets 2:39pm (UTC)', '2026-11-22T14:39:00Z'],
  [' ∙ resets 2pm (UTC)', '2026-11-22T14:00:00Z'],
  [' • resets 14:05 (UTC)', '2026-11-22T14:05:00Z'],
  [' · resets 3:30pm (Europe/Oslo)', '2026-11-22T14:30:00Z'],
  [' · resets 12:30pm', '2026-11-22T12:30:00Z'],
];

/** Claude's own notice, in the words of several versions. */
const GENUINE: readonly (readonly [string, string | null])[] = [
  ...WINDOWS.flatMap((window) =>
    RESETS.map(([reset, at]) => [`You've hit your ${window}limit${reset}`, at] as const),
  ),
  ...['Session', 'Weekly', '5-hour', 'Opus weekly', 'Opus'].flatMap((window) =>
    RESETS.map(([reset, at]) => [`${window} limit reached${reset}`, at] as const),
  ),
  ["You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)", '2026-11-25T23:29:00Z'],
  ["You've hit your Sonnet limit · resets Nov 27 at 6am (Europe/Oslo)", '2026-11-27T05:00:00Z'],
  ['Limit reached · resets Nov 24 at 6am (Europe/Oslo)', '2026-11-24T05:00:00Z'],
  ["You're out of extra usage · resets 3pm (UTC)", '2026-11-22T15:00:00Z'],
  ["You're out of usage credits · resets 3pm (UTC)", '2026-11-22T15:00:00Z'],
  [
    "You've hit your monthly spend limit · your weekly limit resets Nov 25, 11pm (UTC)",
    '2026-11-25T23:00:00Z',
  ],
  ["You've hit your org's monthly usage limit · resets Nov 25, 11pm (UTC)", '2026-11-25T23:00:00Z'],
  ["You've reached your Fable limit", null],
  ["You've hit your limit for Opus", null],
  ['You have used up your weekly limit · resets Nov 25, 11pm (UTC)', '2026-11-25T23:00:00Z'],
  ["You've hit your limit", null],
  ['You’ve hit your weekly limit.', null],
  ['Claude usage limit reached. Your limit will reset at 3pm (America/New_York).', '2026-11-22T20:00:00Z'],
  ['Claude AI usage limit reached|1795361940', '2026-11-22T15:39:00Z'],
  ["You've hit your weekly limit · progress saved · resets in 2 days 3 hours", '2026-11-24T15:09:30Z'],
];

const SEEN = { ...IDLE, seenAt: Date.parse('2026-11-22T12:09:30Z') };

function noticed(notice: string, ...below: readonly string[]): readonly string[] {
  return ['❯ fix the failing test', `  ⎿ \u00a0${notice}`, ...below];
}

describe('a limit that is only spoken of', () => {
  test('is imitated in at least 200 ways', () => {
    expect(IMITATIONS.length).toBeGreaterThan(200);
  });

  test('is never quota, in any width', () => {
    const wrong = IMITATIONS.filter(({ screen, text }) => verdictOn(screen, text).evidence !== 'none');
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('is never quota in a pane that was cut narrower', () => {
    const wrong = IMITATIONS.filter(
      ({ screen, text }) => verdictOn(screen, cutAt(text, 60)).evidence === 'quota',
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('is never quota in colours, even right below the prompt', () => {
    const text = idleScreen(noticed("\u001b[39mYou've hit your limit · resets 7pm"), 120);
    expect(verdictOn(SEEN, text)).toMatchObject({ state: 'idle', evidence: 'none' });
    const red = idleScreen(noticed("\u001b[38;5;211mYou've hit your limit · resets 7pm\u001b[39m"), 120);
    expect(verdictOn(SEEN, red)).toMatchObject({ state: 'limited', evidence: 'quota' });
  });

  test('is never quota where another limit is meant', () => {
    const others = [
      'Context limit reached · /compact or /clear to continue',
      'Concurrent subagent limit reached. You can run 10 subagents at once. Do not retry.',
      "You've hit your token limit",
      'Fast limit reached, fast mode paused · resets in 12 min',
      "You've used 90% of your session limit · resets 7:20pm (UTC)",
      'Approaching weekly limit · resets Nov 25, 11pm',
      "Couldn't reset your session limit right now",
      'Your session limit is already being reset',
      'Upgrade to Max for higher session limits',
      'You will get priority after reaching your session limit',
    ];
    const wrong = others.filter(
      (each) => verdictOn(SEEN, idleScreen(noticed(each), 120)).evidence === 'quota',
    );
    expect(wrong).toEqual([]);
  });

  test('is never quota in an answer or a tool of another agent', () => {
    const shown = {
      'codex/04-finished': (banner: string) => [`• ${banner}`, '', `  └ ${banner}`, `    ■ ${banner}`],
      'gemini/03-idle': (banner: string) => [' > what is a limit', `✦ ${banner}`, `  ${banner}`],
      'opencode/04-finished': (banner: string) => [`     ${banner}`, '', `     > ${banner}`, ''],
    };
    const wrong = Object.entries(shown).flatMap(([name, rows]) =>
      BANNERS.filter((banner) => {
        const screen = capture(name, false);
        const text = screen.text
          .split('\n')
          .toSpliced(13, 0, ...rows(banner))
          .join('\n');
        return verdictOn(screen, text).evidence === 'quota';
      }).map((banner) => `${name}: ${banner}`),
    );
    expect(wrong).toEqual([]);
  });

  test('is never quota while the agent works', () => {
    const working = ['  ⏸ manual mode on · esc to interrupt'];
    const text = idleScreen(noticed("You've hit your limit · resets 7pm"), 120, working);
    expect(verdictOn(SEEN, text)).toMatchObject({ state: 'working', evidence: 'none' });
  });
});

describe("an agent's own limit", () => {
  test('comes in at least 50 wordings', () => {
    expect(GENUINE.length).toBeGreaterThan(50);
  });

  test.each([60, 80, 120, 200])('is quota with its reset in every known wording at %d columns', (width) => {
    const wrong = GENUINE.flatMap(([notice, resetsAt]) => {
      const { state, evidence, resetsAt: at } = verdictOn(SEEN, idleScreen(noticed(notice), width));
      const read = at === null ? null : new Date(at).toISOString().replace('.000Z', 'Z');
      return state === 'limited' && evidence === 'quota' && read === resetsAt ? [] : [[notice, state, read]];
    });
    expect(wrong).toEqual([]);
  });

  test('is quota with the rows that Claude puts below it', () => {
    const below = [
      ['     /upgrade to increase your usage limit.'],
      ['     /usage-credits to keep using Claude Code'],
      ['', '✻ Cooked for 0s'],
      ['', '● Usage limit reached · set to continue automatically at 2:39pm'],
      ['', '❯ /rate-limit-options', '  ⎿ \u00a0Waiting for the limit to reset'],
    ];
    for (const rows of below) {
      const text = idleScreen(noticed("You've hit your session limit · resets 2:39pm (UTC)", ...rows), 120);
      expect({ rows, ...verdictOn(SEEN, text) }).toMatchObject({
        state: 'limited',
        evidence: 'quota',
        resetsAt: Date.parse('2026-11-22T14:39:00Z'),
      });
    }
  });

  test('is quota in the middle of a turn, where colours show it', () => {
    const rows = [
      '❯ do it',
      '',
      '● Bash(ls)',
      '  ⎿ \u00a0one',
      '',
      "  ⎿ \u00a0\u001b[38;5;211mYou've hit your limit · resets 7pm\u001b[39m",
    ];
    expect(verdictOn(SEEN, idleScreen(rows, 120))).toMatchObject({ state: 'limited', evidence: 'quota' });
  });

  test('is quota in Codex with its reset in every known wording', () => {
    const screen = { ...capture('codex/21-500-final', false), seenAt: SEEN.seenAt };
    const notices: readonly (readonly [string, string | null])[] = [
      ['You’ve hit your usage limit. Upgrade to Pro or try again at 3:31 PM.', '2026-11-22T15:31:00Z'],
      ["You've hit your usage limit. Try again in 5 days 22 hours 11 minutes.", '2026-11-28T10:20:30Z'],
      ["You've hit your usage limit for gpt-6. Try again at Nov 25th, 2026 3:31 PM.", '2026-11-25T15:31:00Z'],
      ['You’ve hit your usage limit.', null],
    ];
    for (const [notice, resetsAt] of notices) {
      const text = screen.text.replace(/■ .*/, `■ ${notice}`);
      expect({ notice, ...verdictOn(screen, text) }).toMatchObject({
        state: 'limited',
        evidence: 'quota',
        resetsAt: resetsAt === null ? null : Date.parse(resetsAt),
      });
    }
  });

  test('is told by the notice that names its zone, not by the menu that names none', () => {
    const { text, seenAt, title } = capture('claude/51-e-limit7d-oat-final', false);
    const verdict = readScreen(builtinProfile('claude'), { text, seenAt, title, zone: 'America/New_York' });
    expect(verdict.resetsAt).toBe(Date.parse('2026-11-25T23:29:00Z'));
  });

  test('is a notice by itself: with more below it, it is output', () => {
    const rows = noticed("You've hit your limit · resets 7pm", '', '     and 12 more lines of the log');
    expect(verdictOn(SEEN, idleScreen(rows, 120))).toMatchObject({ state: 'idle', evidence: 'none' });
  });

  test('says no reset that its window cannot have', () => {
    const text = idleScreen(noticed("You've hit your session limit · resets Nov 25, 11:29pm (UTC)"), 120);
    expect(verdictOn(SEEN, text)).toMatchObject({ evidence: 'quota', resetsAt: null });
  });
});

describe('a failing server', () => {
  const FAILURES = [
    '● API Error: 500 Internal server error. This is a server-side issue',
    '● API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"rate limit"}}',
    '● API Error: Repeated 529 Overloaded errors.',
    '  ⎿ \u00a0API Error (500 {"type":"error","error":{"type":"api_error"}})',
    '  {"type":"error","error":{"type":"api_error","message":"You\'ve hit your limit"}}',
  ];

  test('vetoes a limit that stands next to it', () => {
    const limits = captures().filter(({ label, agent }) => label.evidence === 'quota' && agent === 'claude');
    const wrong = limits.flatMap((each) =>
      FAILURES.filter((failure) => {
        const rows = each.text.split('\n');
        const at = rows.findLastIndex((row) => /⎿/.test(row)) + 1;
        const text = [...rows.slice(0, at), failure, ...rows.slice(at)].join('\n');
        return verdictOn(each, text).evidence === 'quota';
      }).map((failure) => `${each.name}: ${failure}`),
    );
    expect(limits.length).toBeGreaterThan(8);
    expect(wrong).toEqual([]);
  });

  test('is a server error even where its payload speaks of limits', () => {
    const payload = `● API Error: 500 {"type":"error","error":{"type":"api_error","message":"You've hit your limit · resets 7pm"}}`;
    const text = idleScreen(['❯ do it', '', payload], 120);
    expect(verdictOn(SEEN, text)).toMatchObject({ state: 'error', evidence: 'server-error', resetsAt: null });
  });

  test('of an earlier turn vetoes nothing', () => {
    const rows = [
      '❯ do it',
      '',
      FAILURES[0] ?? '',
      '',
      ...noticed("You've hit your limit · resets 7pm (UTC)"),
    ];
    expect(verdictOn(SEEN, idleScreen(rows, 120))).toMatchObject({ state: 'limited', evidence: 'quota' });
  });
});
