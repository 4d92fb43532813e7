import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readHook } from '../../src/agents/hook.ts';
import { readTranscript } from '../../src/agents/transcript.ts';
import type { TranscriptFact } from '../../src/model/run.ts';
import type { Evidence } from '../../src/model/screen.ts';
import { capture, verdictOn } from './captures.ts';
import { idleScreen } from './imitations.ts';

const CLAUDE = builtinProfile('claude');
const AT = Date.parse('2026-11-22T12:10:00Z');
const IDLE = { ...capture('claude/23-idle-manual', false), seenAt: AT };

/** The words for limits that 2.1.330 puts together, and older ones; and when each ends. */
const WINDOWS = ['5-hour', 'session', 'weekly', 'Opus', 'Sonnet', 'Fable', 'usage'] as const;
const ENDS: readonly (readonly [string, string | null])[] = [
  ['', null],
  [' · resets 2:39pm (UTC)', '2026-11-22T14:39:00Z'],
  [' · resets 2:39pm (UTC) · progress saved', '2026-11-22T14:39:00Z'],
  [' ∙ resets 4pm (Europe/Oslo)', '2026-11-22T15:00:00Z'],
  [' • resets 7:45pm (Asia/Kathmandu)', '2026-11-22T14:00:00Z'],
];
const LONG_ENDS: readonly (readonly [string, string])[] = [
  [' · resets Nov 25, 11:29pm (UTC)', '2026-11-25T23:29:00Z'],
  [' · resets Nov 24 at 6am (Europe/Oslo)', '2026-11-24T05:00:00Z'],
];
const LIMITS: readonly (readonly [string, string | null])[] = [
  ...WINDOWS.flatMap((window) =>
    ENDS.map(([end, at]) => [`You've hit your ${window} limit${end}`, at] as const),
  ),
  ...['weekly', 'Opus', 'Sonnet', 'Fable'].flatMap((window) =>
    LONG_ENDS.map(([end, at]) => [`You've hit your ${window} limit${end}`, at] as const),
  ),
  ...['Session', 'Weekly', 'Opus', 'Opus weekly'].flatMap((window) =>
    ENDS.slice(1).map(([end, at]) => [`${window} limit reached${end}`, at] as const),
  ),
  ["You've hit your limit · resets 3pm (UTC)", '2026-11-22T15:00:00Z'],
  ["You've hit your weekly limit · resets 3pm (UTC) · out of usage credits", '2026-11-22T15:00:00Z'],
  ["You've hit your org's monthly usage limit · resets Nov 25, 11pm (UTC)", '2026-11-25T23:00:00Z'],
  [
    "You've hit your monthly spend limit · your weekly limit resets Nov 25, 11pm (UTC)",
    '2026-11-25T23:00:00Z',
  ],
  ["You're out of usage credits · resets 3pm (UTC)", '2026-11-22T15:00:00Z'],
  ["You're out of extra usage · resets 3pm (UTC)", '2026-11-22T15:00:00Z'],
];

/** Words that come with the same error, and are no quota. */
const OTHERS: readonly (readonly [string, Evidence | null])[] = [
  ['API Error: Request rejected (429) · this may be a temporary capacity issue.', 'throttled'],
  [
    'API Error: Request rejected (429) · This request would exceed your organization’s rate limit of 50,000 input tokens per minute.',
    'throttled',
  ],
  ['API Error: Server is temporarily limiting requests (not your usage limit) · Rate limited', 'throttled'],
  ['API Error: Rate limit reached', 'throttled'],
  ['Rate limit reached', 'throttled'],
  [
    'API Error: 429 {"type":"error","error":{"type":"rate_limit_error","message":"You\'ve hit your limit"}}',
    'throttled',
  ],
  ['Request limit reached', null],
  ['Concurrent subagent limit reached. You can run 10 subagents at once. Do not retry.', null],
  ["You've hit your token limit", null],
  ["You've hit your fast limit · resets in 12 min", null],
  ['Something that no release has said so far', null],
  ['', null],
  ['Fable 5 requires usage credits. Run /usage-credits to continue or switch models with /model.', 'billing'],
  ['API Error: Usage credits required for 1M context · run /usage-credits to turn them on', 'billing'],
  ["Your seat type doesn't include usage credits", 'billing'],
  ['Your usage allocation has been disabled by your admin · ask your admin for a higher limit', 'billing'],
  ["Your group's usage limit is set to $0 · ask your admin for a higher limit", 'billing'],
  ['This service is disabled for your org', 'billing'],
  ['Your org is out of usage · add funds to continue', 'billing'],
  ["You're out of usage credits", 'billing'],
];

const failure = (more: object): Evidence | null | undefined =>
  readHook(CLAUDE, JSON.stringify({ hook_event_name: 'StopFailure', ...more }), AT)?.error;
const failed = (text: string, more: object = {}, at = AT, since = 0): TranscriptFact | null =>
  readTranscript(
    CLAUDE,
    [
      { type: 'user', message: { content: 'go' }, timestamp: '2026-11-22T12:08:00Z' },
      {
        type: 'assistant',
        isApiErrorMessage: true,
        timestamp: '2026-11-22T12:09:00Z',
        message: { content: [{ type: 'text', text }] },
        ...more,
      },
      { type: 'mode', mode: 'normal' },
    ]
      .map((each) => JSON.stringify(each))
      .join('\n'),
    at,
    '',
    since,
  );
const iso = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z');

describe("an agent's own limit", () => {
  test('comes in at least 50 wordings', () => {
    expect(LIMITS.length).toBeGreaterThanOrEqual(50);
  });

  test('is quota in a hook, in every wording', () => {
    const wrong = LIMITS.filter(
      ([words]) => failure({ error: 'rate_limit', last_assistant_message: words }) !== 'quota',
    );
    expect(wrong).toEqual([]);
  });

  test('is quota with its end in a transcript without structured limits, in every wording', () => {
    const read = LIMITS.map(([words]) => {
      const fact = failed(words, { error: 'rate_limit', apiErrorStatus: 429 });
      return [words, fact?.turn, fact?.error, iso(fact?.resetsAt)];
    });
    expect(read).toEqual(LIMITS.map(([words, at]) => [words, 'failed', 'quota', at]));
  });

  test.each([60, 80, 132])('is quota with its end on a screen of %d columns, in every wording', (width) => {
    const read = LIMITS.map(([words]) => {
      const { evidence, resetsAt } = verdictOn(IDLE, idleScreen(['❯ go', `  ⎿ \u00a0${words}`], width));
      return [words, evidence, iso(resetsAt)];
    });
    expect(read).toEqual(LIMITS.map(([words, at]) => [words, 'quota', at]));
  });

  test('is told by the record where it tells, whatever its words are', () => {
    const told = {
      error: 'rate_limit',
      apiErrorStatus: 429,
      apiError: 'usage_limit_reached',
      quotaLimits: { status: 'rejected', resetsAt: 1_795_358_367, rateLimitType: 'five_hour' },
    };
    for (const words of [
      'In words of next year · resets 9pm (UTC)',
      "You've hit your limit · resets 9pm (UTC)",
    ]) {
      expect(failed(words, told)).toMatchObject({ error: 'quota', resetsAt: 1_795_358_367_000 });
    }
  });
});

describe('the same error for something else', () => {
  test.each(OTHERS)('is no quota in a hook: %j is %s', (words, evidence) => {
    expect(failure({ error: 'rate_limit', last_assistant_message: words })).toBe(evidence);
  });

  test.each(OTHERS)('is no quota in a transcript: %j is %s', (words, evidence) => {
    expect(failed(words, { error: 'rate_limit', apiErrorStatus: 429 })).toMatchObject({
      turn: 'failed',
      error: evidence,
      resetsAt: null,
    });
  });

  test('is what the record calls it, where it does', () => {
    for (const apiError of ['model_requires_usage_credits', 'long_context_credits_required']) {
      const fact = failed("You've hit your Fable limit", { error: 'rate_limit', apiError });
      expect(fact?.error).toBe('billing');
    }
  });
});

/** Every word that a StopFailure hook can have. */
const WORDS: Readonly<Record<string, Evidence>> = {
  authentication_failed: 'auth',
  oauth_org_not_allowed: 'auth',
  account_on_hold: 'auth',
  verification_required: 'auth',
  cloud_credential_error: 'auth',
  billing_error: 'billing',
  overloaded: 'server-error',
  server_error: 'server-error',
  invalid_request: 'other',
  model_not_found: 'other',
  max_output_tokens: 'other',
  unknown: 'other',
};

describe('a failed turn', () => {
  test.each(Object.entries(WORDS))('of which the hook says %s is %s', (error, evidence) => {
    const limit = "You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)";
    expect(failure({ error })).toBe(evidence);
    expect(failure({ error, last_assistant_message: limit })).toBe(evidence);
    expect(failed(limit, { error })?.error).toBe(evidence);
  });

  test('is the same wherever a release puts its word and its text', () => {
    const text = "You've hit your limit · resets 7pm";
    for (const more of [
      { error_type: 'rate_limit', last_assistant_message: text },
      { error: { type: 'rate_limit' }, last_assistant_message: { content: [{ type: 'text', text }] } },
      { error: null, error_type: 'rate_limit', error_details: text },
      { error: 'rate_limit', last_assistant_message: [{ type: 'text', text }] },
    ]) {
      expect({ more, error: failure(more) }).toEqual({ more, error: 'quota' });
    }
    expect(failure({ error_type: 'server_error', last_assistant_message: text })).toBe('server-error');
  });

  test('by its network is told by its words', () => {
    for (const text of [
      'API Error: Connection error.',
      'API Error: Request timed out.',
      'Unable to connect to API (ECONNREFUSED)',
    ]) {
      expect(failure({ error: 'unknown', last_assistant_message: text })).toBe('network');
      expect(failed(text, { error: 'unknown' })?.error).toBe('network');
    }
  });
});

describe("the old system's failures", () => {
  const payload = `API Error: 500 {"type":"error","error":{"type":"api_error","message":"rate limit: You've hit your limit · resets 7pm"}}`;

  test('a 500 whose payload mentions rate limits is a server error, in every source', () => {
    for (const error of ['server_error', 'rate_limit']) {
      const fact = failed(payload, { error, apiErrorStatus: 500 });
      expect(fact).toMatchObject({ error: 'server-error', resetsAt: null });
    }
    expect(failure({ error: 'server_error', last_assistant_message: payload })).toBe('server-error');
    expect(failure({ error: 'rate_limit', last_assistant_message: payload })).not.toBe('quota');
    for (const width of [60, 120]) {
      const text = idleScreen(['❯ go', '', `● ${payload}`], width);
      expect(verdictOn(IDLE, text)).toMatchObject({ evidence: 'server-error', resetsAt: null });
    }
  });

  test('a burst of 5xx that stays on the screen for an hour is a server error all that time', () => {
    const rows = [500, 503, 529, 500, 502].flatMap((status) => [
      '❯ go on',
      '',
      `● API Error: ${String(status)} Overloaded. You may have hit your usage limit · resets 7pm`,
      '',
    ]);
    for (let minute = 0; minute <= 60; minute += 5) {
      const seen = { ...IDLE, seenAt: AT + minute * 60_000 };
      expect(verdictOn(seen, idleScreen(rows, 120))).toMatchObject({
        state: 'error',
        evidence: 'server-error',
        resetsAt: null,
      });
    }
  });

  test('an expired login is no limit, though its words once stood among those', () => {
    for (const text of ['OAuth token revoked · Please run /login', 'OAuth token has expired']) {
      expect(failure({ error: 'authentication_failed', last_assistant_message: text })).toBe('auth');
      const screen = idleScreen(['❯ go', `  ⎿ \u00a0${text}`], 120);
      expect(verdictOn(IDLE, screen).evidence).toBe('auth');
    }
  });
});

describe('a limit of before the agent was last started', () => {
  const limit = { error: 'rate_limit', apiError: 'usage_limit_reached', apiErrorStatus: 429 };
  const written = Date.parse('2026-11-22T12:09:00Z');

  test('is none of now, however young the file is', () => {
    const old = failed("You've hit your limit", limit, AT + 3_600_000, written + 1);
    expect(old).toMatchObject({ at: AT + 3_600_000, turn: null, error: null, resetsAt: null });
    expect(failed("You've hit your limit", limit, AT, written)).toMatchObject({
      turn: 'failed',
      error: 'quota',
    });
  });

  test('ends when it said, whenever the file was written to again', () => {
    const words = "You've hit your session limit · resets 12:30pm (UTC)";
    const late = failed(words, { error: 'rate_limit' }, Date.parse('2026-11-22T18:00:00Z'));
    expect(iso(late?.resetsAt)).toBe('2026-11-22T12:30:00Z');
  });
});

describe('what waits after a limit, or before a conversation goes on', () => {
  const dialog = (...rows: readonly string[]): string =>
    ['❯ go', '', '─'.repeat(100), ...rows.map((row) => `  ${row}`)].join('\n');
  const CHOICES = [
    'Stop and wait for limit to reset',
    'Wait here, then continue automatically at 2:39pm (UTC)',
    'Upgrade your plan',
    'Switch to usage credits',
    'Switch to Team plan',
  ];

  test('is the menu of a limit in whatever order its rows stand', () => {
    for (let first = 0; first < CHOICES.length; first += 1) {
      const order = [...CHOICES.slice(first), ...CHOICES.slice(0, first)];
      const rows = order.map((choice, at) => `${at === 0 ? '❯ ' : '  '}${String(at + 1)}. ${choice}`);
      const text = dialog('What do you want to do?', '', ...rows, '', 'Enter to confirm · Esc to cancel');
      expect({ first, ...verdictOn(IDLE, text) }).toMatchObject({
        state: 'limited',
        dialog: 'limit-menu',
        evidence: 'quota',
        resetsAt: Date.parse('2026-11-22T14:39:00Z'),
      });
    }
  });

  test('is no limit where the same question has other answers', () => {
    const text = dialog(
      'What do you want to do?',
      '',
      '❯ 1. Stop',
      '  2. Wait',
      '',
      'Enter to confirm · Esc to cancel',
    );
    expect(verdictOn(IDLE, text)).toMatchObject({ state: 'waiting', evidence: 'none' });
  });

  test('is the question whether a long conversation goes on as it is', () => {
    const text = dialog(
      'This session is 13h 22m old and 761k tokens.',
      '',
      'Resuming the full session uses a lot of your usage limits. Resuming from a summary uses less.',
      '',
      '❯ 1. Resume from summary (instant, recommended)',
      '  2. Resume full session as-is',
      "  3. Don't ask again",
      '',
      'Enter to confirm · Esc to cancel',
    );
    expect(verdictOn(IDLE, text)).toMatchObject({
      state: 'waiting',
      dialog: 'overlay',
      evidence: 'none',
      rule: 'resume-chooser',
    });
  });

  test('is a limit while it is set to go on by itself', () => {
    const footer = [
      '  ⚠ Usage limit reached · limit resets 2:39pm',
      '    Continuing automatically at 2:39pm · Esc to cancel',
      '  ⏸ manual mode on',
    ];
    expect(verdictOn(IDLE, idleScreen(['❯ go'], 120, footer))).toMatchObject({
      state: 'limited',
      evidence: 'quota',
      resetsAt: Date.parse('2026-11-22T14:39:00Z'),
    });
  });
});

describe('a status line', () => {
  const STATUS = [
    "  You've hit your limit · 97% of 5h · resets 7pm",
    '  5h 97% (rate limit) · API 12s',
    '  main ✻ Opus',
  ];

  test('changes nothing of what a screen says', () => {
    for (const name of ['claude/23-idle-manual', 'claude/30-working-slow', 'claude/51-e-limit5h-oat-final']) {
      const { text, ...screen } = capture(name, false);
      const plain = verdictOn({ ...screen, text });
      for (const status of STATUS) {
        const rows = text.trimEnd().split('\n');
        const rule = rows.findLastIndex((row) => /^─{10,}/.test(row));
        const drawn = rows.toSpliced(rule + 1, 0, status).join('\n');
        expect({ name, status, ...verdictOn({ ...screen, text }, drawn) }).toMatchObject(plain);
      }
    }
  });
});
