import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readHook } from '../../src/agents/hook.ts';
import { readTranscript } from '../../src/agents/transcript.ts';
import type { Evidence } from '../../src/model/screen.ts';
import { capture, verdictOn } from './captures.ts';
import { BANNERS, idleScreen } from './imitations.ts';
import { cutAt } from './rewrap.ts';
import { QUOTED, SHOWN } from './spoken-of.ts';

const CLAUDE = builtinProfile('claude');
const AT = Date.parse('2026-11-22T12:10:00Z');
const IDLE = capture('claude/23-idle-manual', false);
const WORDS = [...QUOTED, ...BANNERS];

const SCREENS = Object.entries(SHOWN).flatMap(([where, shown]) =>
  QUOTED.flatMap((quoted) =>
    [50, 80, 132].map((width) => ({
      name: `${where}, ${String(width)} columns: ${quoted}`,
      text: idleScreen([`❯ what does "${quoted}" mean`, '', ...shown(quoted)], width),
    })),
  ),
);

describe('a screen that only shows such words', () => {
  test('is imitated in at least 200 further ways', () => {
    expect(SCREENS.length).toBeGreaterThanOrEqual(200);
  });

  test('is never quota, in any width', () => {
    const wrong = SCREENS.filter(({ text }) => verdictOn(IDLE, text).evidence !== 'none');
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('is never quota in a pane that was cut narrower', () => {
    const wrong = SCREENS.filter(({ text }) => verdictOn(IDLE, cutAt(text, 47)).evidence === 'quota');
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('is never quota while the agent works on them', () => {
    const footer = ['  ⏸ manual mode on · esc to interrupt'];
    const wrong = QUOTED.flatMap((quoted) =>
      Object.entries(SHOWN).filter(
        ([, shown]) =>
          verdictOn(IDLE, idleScreen(['❯ go', '', ...shown(quoted)], 100, footer)).evidence !== 'none',
      ),
    );
    expect(wrong.map(([where]) => where)).toEqual([]);
  });

  test('is never quota in the question of a tool that is about to write them', () => {
    const { text, ...screen } = capture('claude/42-permission-write', false);
    for (const quoted of QUOTED) {
      const changed = text.replace(/^( *1) hello$/m, `$1 ${quoted.replaceAll('$', '$$$$')}`);
      expect(changed).not.toBe(text);
      expect({ quoted, ...verdictOn({ ...screen, text }, changed) }).toMatchObject({
        state: 'waiting',
        dialog: 'permission',
        evidence: 'none',
      });
    }
  });
});

const line = (value: object): string =>
  JSON.stringify({ isSidechain: false, timestamp: '2026-11-22T12:09:00Z', ...value });
const user = (content: unknown, more: object = {}): string =>
  line({ type: 'user', message: { role: 'user', content }, ...more });
const said = (text: string, more: object = {}): string =>
  line({
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'text', text }], stop_reason: 'end_turn' },
    ...more,
  });
const evidenceOf = (...rows: readonly string[]): Evidence | null =>
  readTranscript(CLAUDE, rows.join('\n'), AT, '')?.error ?? null;
const LIMIT = { isApiErrorMessage: true, error: 'rate_limit', apiErrorStatus: 429 };

/** Ways in which a transcript holds such words. */
const WRITTEN: Readonly<Record<string, (quoted: string) => readonly string[]>> = {
  'a prompt': (quoted) => [user(quoted)],
  'a prompt of parts': (quoted) => [user([{ type: 'text', text: quoted }])],
  'an answer': (quoted) => [user('go'), said(quoted)],
  'an answer that goes on': (quoted) => [
    user('go'),
    said(quoted, { message: { content: [{ type: 'text', text: quoted }], stop_reason: 'tool_use' } }),
  ],
  'the result of a tool': (quoted) => [
    user('go'),
    user([{ type: 'tool_result', content: quoted, is_error: true }], { toolUseResult: quoted }),
  ],
  'an answer with a word for errors in it': (quoted) => [user('go'), said(quoted, { error: 'rate_limit' })],
  'a subagent that hit one': (quoted) => [
    user('go'),
    said('Done.'),
    said(quoted, { ...LIMIT, isSidechain: true }),
  ],
  'a turn before': (quoted) => [said(quoted, LIMIT), user('go on'), said('Done.')],
  'a turn that goes on': (quoted) => [said(quoted, LIMIT), user('go on')],
  'a summary': (quoted) => [user('go'), said('Done.'), user(quoted, { isCompactSummary: true })],
  'a title': (quoted) => [user('go'), said('Done.'), JSON.stringify({ type: 'ai-title', aiTitle: quoted })],
  'a failing server': (quoted) => [
    user('go'),
    said(quoted, { isApiErrorMessage: true, error: 'server_error', apiErrorStatus: 500 }),
  ],
  'a failing server that calls it a limit': (quoted) => [
    user('go'),
    said(quoted, { ...LIMIT, apiErrorStatus: 529 }),
  ],
  'another error': (quoted) => [user('go'), said(quoted, { isApiErrorMessage: true, error: 'unknown' })],
  'another program': (quoted) => [user('go'), line({ type: 'system', ...LIMIT, content: quoted })],
};

/** Ways in which an event of a hook holds such words. */
const TOLD: Readonly<Record<string, (quoted: string) => object>> = {
  'an answer': (quoted) => ({ hook_event_name: 'Stop', last_assistant_message: quoted }),
  'a prompt': (quoted) => ({ hook_event_name: 'UserPromptSubmit', prompt: quoted }),
  'a command': (quoted) => ({
    hook_event_name: 'PermissionRequest',
    tool_name: 'Bash',
    tool_input: { command: quoted },
  }),
  'a question': (quoted) => ({
    hook_event_name: 'PermissionRequest',
    tool_name: 'AskUserQuestion',
    tool_input: { questions: [{ question: quoted }] },
  }),
  'a failing server': (quoted) => ({
    hook_event_name: 'StopFailure',
    error: 'server_error',
    last_assistant_message: quoted,
  }),
  'a failing login': (quoted) => ({
    hook_event_name: 'StopFailure',
    error: 'authentication_failed',
    last_assistant_message: quoted,
  }),
  'another error': (quoted) => ({
    hook_event_name: 'StopFailure',
    error: 'unknown',
    error_details: quoted,
    last_assistant_message: quoted,
  }),
};

describe('a record that only holds such words', () => {
  test.each(Object.entries(WRITTEN))('as %s in a transcript is never quota', (_, written) => {
    expect(WORDS.filter((quoted) => evidenceOf(...written(quoted)) === 'quota')).toEqual([]);
  });

  test.each(Object.entries(TOLD))('as %s in a hook is never quota', (_, told) => {
    const wrong = WORDS.filter(
      (quoted) => readHook(CLAUDE, JSON.stringify(told(quoted)), AT)?.error === 'quota',
    );
    expect(wrong).toEqual([]);
  });

  test('is imitated in at least 200 ways', () => {
    const ways = Object.keys(WRITTEN).length + Object.keys(TOLD).length;
    expect(ways * WORDS.length).toBeGreaterThanOrEqual(200);
  });
});
