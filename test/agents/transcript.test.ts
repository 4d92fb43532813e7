import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readTranscript, transcriptPath, transcriptSearch } from '../../src/agents/transcript.ts';
import type { TranscriptFact } from '../../src/model/run.ts';
import { lines, record } from './records.ts';

const CLAUDE = builtinProfile('claude');
const MARKER = 'fix the fail';
const AT = Date.parse('2026-11-22T12:10:00Z');

const read = (tail: string, marker = MARKER): TranscriptFact | null =>
  readTranscript(CLAUDE, tail, AT, marker);
const line = (value: object): string => JSON.stringify({ isSidechain: false, ...value });
const user = (content: unknown, more: object = {}): string =>
  line({ type: 'user', message: { role: 'user', content }, ...more });
const said = (text: string, stop: string | null = 'end_turn', more: object = {}): string =>
  line({
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'text', text }], stop_reason: stop },
    ...more,
  });
const turnOf = (...rows: readonly string[]): string | null => read(rows.join('\n'))?.turn ?? null;

/** How the last turn stands, what it shows, when the limit ends, and a part of the last words. */
const CORPUS: readonly (readonly [string, string, string | null, string | null, RegExp])[] = [
  ['401oauth-host', 'failed', 'auth', null, /^Please run \/login/],
  ['429-api', 'failed', 'throttled', null, /rejected \(429\)/],
  ['500-api', 'failed', 'server-error', null, /500 Internal/],
  ['529-api', 'failed', 'server-error', null, /529 Overloaded/],
  ['credit-api', 'failed', 'billing', null, /^Credit balance/],
  ['falsepos-host', 'ended', null, null, /may also appear in an answer\.$/],
  ['limit5h-oat', 'failed', 'quota', '2026-11-22T14:39:27.000Z', /5-hour limit/],
  ['limit7d-oat', 'failed', 'quota', '2026-11-25T23:29:26.000Z', /weekly limit/],
  ['midoverload-api', 'ended', null, null, /^Hello and thank you/],
];

describe('a captured transcript', () => {
  test.each(CORPUS)('of %s says how its last turn ended: %s, %s', (name, turn, error, resets, words) => {
    const fact = read(record(`claude/transcripts/${name}.jsonl`));
    expect(fact).toMatchObject({ at: AT, prompted: true, turn, error });
    expect(fact?.resetsAt === null ? null : new Date(fact?.resetsAt ?? 0).toISOString()).toBe(resets);
    expect(fact?.lastLines.at(-1)).toMatch(words);
  });

  test.each(CORPUS)(
    'of %s says the same where its beginning is cut off anywhere before that',
    (name, turn, error) => {
      const text = record(`claude/transcripts/${name}.jsonl`);
      const end = text.lastIndexOf('{"parentUuid"', text.lastIndexOf('"type":"assistant"'));
      for (let from = 0; from <= end; from += 97) {
        expect(read(text.slice(from))).toMatchObject({ turn, error });
      }
    },
  );

  test.each(CORPUS)('of %s was open until the answer came', (name) => {
    const all = lines(`claude/transcripts/${name}.jsonl`);
    const answered = all.findIndex((each) => each.includes('"type":"assistant"'));
    const asked = all.findIndex((each) => each.includes('"type":"user"'));
    for (let count = asked + 1; count <= answered; count += 1) {
      expect(turnOf(...all.slice(0, count))).toBe('open');
    }
    expect(read(all.slice(0, asked).join('\n'))).toBeNull();
  });

  test('is not that of our prompt where another was given', () => {
    expect(read(record('claude/transcripts/500-api.jsonl'), '(attempt k3f9a2)')?.prompted).toBe(false);
    expect(read(record('claude/transcripts/500-api.jsonl'), '')?.prompted).toBe(false);
  });
});

describe('a turn', () => {
  test('is open while a tool runs, an answer streams, and after each new prompt', () => {
    expect(turnOf(user('go'), said('I will use a tool.', 'tool_use'))).toBe('open');
    expect(turnOf(user('go'), said('', 'tool_use'), user([{ type: 'tool_result', content: 'ok' }]))).toBe(
      'open',
    );
    expect(turnOf(user('go'), said('Hel', null))).toBe('open');
    expect(turnOf(user('go'), said('Hello.'), user('and now?'))).toBe('open');
  });

  test('is over where the agent says so, however its answer ended', () => {
    const over = line({ type: 'system', subtype: 'turn_duration', durationMs: 5 });
    expect(turnOf(user('go'), said('Hello.', null), over)).toBe('ended');
    expect(turnOf(user('go'), said('Hello.'), over)).toBe('ended');
    expect(turnOf(user('go'), said('Hello.', null), over, user('more'))).toBe('open');
  });

  test('that failed or was interrupted stays so, whatever is written behind it', () => {
    const over = line({ type: 'system', subtype: 'turn_duration' });
    const failed = said('API Error: 500', 'stop_sequence', {
      isApiErrorMessage: true,
      error: 'server_error',
    });
    expect(turnOf(user('go'), failed, over)).toBe('failed');
    const words = [{ type: 'text', text: '[Request interrupted by user]' }];
    expect(turnOf(user('go'), user(words, { interruptedMessageId: 'x' }), over)).toBe('interrupted');
    expect(turnOf(user('go'), user('[Request interrupted by user for tool use]'))).toBe('interrupted');
  });

  test('of a subagent, a summary or a command of the program’s own tells nothing', () => {
    const rest = [
      user('sub', { isSidechain: true }),
      said('sub', 'tool_use', { isSidechain: true }),
      user('Caveat: …', { isMeta: true }),
      user('Summary', { isCompactSummary: true }),
      user('<command-name>/status</command-name>'),
      user('<local-command-stdout>x</local-command-stdout>'),
    ];
    expect(turnOf(user('go'), said('Hello.'), ...rest)).toBe('ended');
  });

  test('with words of an error or a limit has failed only where the agent marks it', () => {
    for (const text of [
      "You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)",
      'API Error: 529 Overloaded',
    ]) {
      expect(read([user('go'), said(text)].join('\n'))).toMatchObject({ turn: 'ended', error: null });
    }
  });

  test('of a version without structured limits is told by its words, with their own zone only', () => {
    const limit = (text: string): TranscriptFact | null =>
      read(
        [
          user('go'),
          said(text, 'stop_sequence', {
            isApiErrorMessage: true,
            error: 'rate_limit',
            apiErrorStatus: 429,
          }),
        ].join('\n'),
      );
    const zoned = limit("You've hit your session limit · resets 4:16pm (UTC)");
    expect(zoned).toMatchObject({
      turn: 'failed',
      error: 'quota',
      resetsAt: Date.parse('2026-11-22T16:16:00Z'),
    });
    expect(limit("You've hit your session limit · resets 4:16pm")).toMatchObject({
      error: 'quota',
      resetsAt: null,
    });
    expect(limit('API Error: Request rejected (429) · Rate limited')).toMatchObject({ error: 'throttled' });
  });

  test('has the last words of the agent, and not those of a tool or the user', () => {
    const rows = Array.from({ length: 40 }, (_, index) => `row ${String(index)} ${'x'.repeat(300)}`);
    const fact = read([user('go'), said(rows.join('\n')), user('thanks')].join('\n'));
    expect(fact?.lastLines.length).toBe(20);
    expect(fact?.lastLines.every((row) => row.length <= 200)).toBe(true);
    expect(fact?.lastLines[0]).toMatch(/^row 20 /);
  });

  test('is prompted by what the user sent, not by what an answer quotes', () => {
    expect(read([user('other'), said(MARKER)].join('\n'))?.prompted).toBe(false);
    expect(read(user([{ type: 'text', text: `${MARKER} now` }]))?.prompted).toBe(true);
    expect(read(line({ type: 'last-prompt', lastPrompt: MARKER }))).toMatchObject({
      prompted: true,
      turn: null,
    });
  });
});

describe('a hostile transcript', () => {
  test('of any lines never throws, and says no limit that nobody marked', () => {
    const value = fc.oneof(
      fc.json({ maxDepth: 5 }),
      fc.string(),
      fc.json({ maxDepth: 3 }).map((json) => `{"type":"assistant","message":${json}}`),
    );
    const law = fc.property(
      fc.array(value, { maxLength: 20 }),
      (all) => read(all.join('\n'))?.error !== 'quota',
    );
    expect(() => fc.assert(law, { numRuns: 500 })).not.toThrow();
  });

  test.each([
    ['one endless line', 'x'.repeat(256 * 1024)],
    ['nothing but line ends', '\n'.repeat(256 * 1024)],
    ['lines that only begin', '{\n'.repeat(128 * 1024)],
    ['lists in lists', '[{"a":'.repeat(40_000)],
    ['many answers', `${said('ok')}\n`.repeat(1500)],
    [
      'one long notice',
      said(`You've hit your ${'a '.repeat(120_000)}limit`, 'x', {
        isApiErrorMessage: true,
        error: 'rate_limit',
      }),
    ],
    ['a list of many parts', user(Array.from({ length: 9000 }, () => ({ type: 'text', text: 'x' })))],
  ])('of %s takes under 100 ms', (_, text) => {
    const times = [0, 1, 2].map(() => {
      const before = performance.now();
      read(text.slice(-256 * 1024));
      return performance.now() - before;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe('the place of a conversation', () => {
  const place = {
    home: '/h/.claude',
    cwd: '/x/res.u_me/Sub dir',
    conversation: 'fa3d1760-1123-4039-8687-296cc6be5567',
  };

  test('is the folder it was begun in, with everything but letters and digits as dashes', () => {
    expect(transcriptPath(CLAUDE, place)).toBe(
      '/h/.claude/projects/-x-res-u-me-Sub-dir/fa3d1760-1123-4039-8687-296cc6be5567.jsonl',
    );
  });

  test('may be another folder’s, where it went on elsewhere', () => {
    expect(transcriptSearch(CLAUDE, place)).toEqual({
      below: '/h/.claude/projects',
      file: 'fa3d1760-1123-4039-8687-296cc6be5567.jsonl',
    });
  });

  test('is not known for an agent that is not told its conversation', () => {
    for (const name of ['codex', 'opencode', 'generic'] as const) {
      expect(transcriptPath(builtinProfile(name), place)).toBeNull();
    }
  });
});
