import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { conversationFolders, conversationNamed, isBegunBy } from '../../src/agents/found-conversation.ts';
import { usedUpUntil } from '../../src/agents/told-usage.ts';
import { readToldUsage, readTranscript } from '../../src/agents/transcript.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import { ID, meta, MARKER, NAME, prompt, rollout, tokens, turn } from './rollouts.ts';

const CODEX = builtinProfile('codex');
const AT = Date.UTC(2026, 10, 23, 7, 0, 5);
const BEGUN = { cwd: '/home/ada/project', marker: MARKER };

const recorded = (name: string): string =>
  readFileSync(new URL(`../corpus/records/codex/rollout-${name}.jsonl`, import.meta.url), 'utf8');

describe('the rollout of Codex', () => {
  test.each([
    ['usage_limit_exceeded', 'quota'],
    ['http_connection_failed', 'auth'],
    ['response_too_many_failed_attempts', 'throttled'],
    ['internal_server_error', 'server-error'],
  ])('as it was recorded says why a turn failed: %s is %s', (name, error) => {
    expect(readTranscript(CODEX, recorded(name), AT, '')).toMatchObject({ turn: 'failed', error });
  });

  test.each<readonly [string, unknown, string]>([
    ['the server is overloaded', 'server_overloaded', 'server-error'],
    ['a gateway fails', { http_connection_failed: { http_status_code: 503 } }, 'server-error'],
    [
      'it was cut off by the server',
      { response_stream_disconnected: { http_status_code: 529 } },
      'server-error',
    ],
    ['no login', 'unauthorized', 'auth'],
    ['too many requests', { http_connection_failed: { http_status_code: 429 } }, 'throttled'],
    ['nobody answers', { http_connection_failed: { http_status_code: null } }, 'network'],
    ['it was cut off', { response_stream_disconnected: { http_status_code: null } }, 'network'],
    ['something new', 'the_moon_is_wrong', 'other'],
    ['the words of a limit, and no limit', 'bad_request', 'other'],
  ])('says why a turn failed: %s', (_, info, error) => {
    const text = rollout(turn('open'), turn('failed', info, 'You’ve hit your usage limit.'));
    expect(readTranscript(CODEX, text, AT, '')).toMatchObject({ turn: 'failed', error, resetsAt: null });
  });

  test('says how a turn stands, and its last words', () => {
    const stand = (...rows: readonly object[]) =>
      readTranscript(CODEX, rollout(prompt(), ...rows), AT, MARKER);
    expect(stand(turn('open'))).toMatchObject({ turn: 'open', prompted: true });
    expect(stand(turn('open'), turn('ended'))).toMatchObject({ turn: 'ended', lastLines: ['All is done.'] });
    expect(stand(turn('open'), turn('aborted'))).toMatchObject({ turn: 'interrupted' });
    expect(stand(turn('ended'), turn('open'))).toMatchObject({ turn: 'open', error: null });
  });

  test('says when a limit ends: when the last of the windows does that are used up', () => {
    const limit = turn('failed', 'usage_limit_exceeded', 'You’ve hit your usage limit.');
    const ends = (primary: number, secondary: number, since = 0) =>
      readTranscript(CODEX, rollout(tokens(primary, secondary), limit), AT, '', since)?.resetsAt;
    const [soon, late] = [1_795_420_000_000, 1_795_500_000_000];
    expect([ends(100, 40), ends(40, 100), ends(100, 100), ends(99, 99)]).toEqual([soon, late, late, null]);
    // What was told before its start may have been told of another account.
    expect(ends(100, 40, AT)).toBe(null);
    expect(usedUpUntil({ primary: { percent: 100, resetsAt: null, at: AT } })).toBe(null);
  });

  test('says how much is used, by its youngest word since the start', () => {
    const text = rollout(tokens(10, 1), tokens(42.5, 2), turn('ended'));
    expect(readToldUsage(CODEX, text, 0)).toMatchObject({
      primary: { percent: 42.5, resetsAt: 1_795_420_000_000 },
      secondary: { percent: 2 },
    });
    expect(readToldUsage(CODEX, text, AT)).toEqual({});
  });
});

describe('a conversation of ours', () => {
  test('is one that was begun in our folder, and holds our prompt', () => {
    expect(conversationNamed(CODEX, NAME)).toBe(ID);
    expect(isBegunBy(CODEX, rollout(meta(), prompt()), ID, BEGUN)).toBe(true);
  });

  test.each<readonly [string, readonly object[]]>([
    ['begun elsewhere', [meta({ cwd: '/home/ada/other' }), prompt()]],
    ['begun by a program', [meta({ source: 'exec' }), prompt()]],
    ['begun by another conversation', [meta({ source: { subagent: {} } }), prompt()]],
    ['copied from another', [meta({ forked_from_id: ID }), prompt()]],
    ['made for a title', [meta({ thread_source: 'thread_title' }), prompt()]],
    ['of another id than its name', [meta({ id: ID.replace('0', '1') }), prompt()]],
    ['of another prompt', [meta(), prompt('Rollcall task work/fix (attempt zz9999)')]],
    ['where the agent only speaks of the prompt', [meta(), prompt(MARKER, 'assistant')]],
    ['where nothing was said yet', [meta()]],
    ['whose beginning is missing', [prompt()]],
  ])('is none %s', (_, rows) => {
    expect(isBegunBy(CODEX, rollout(...rows), ID, BEGUN)).toBe(false);
  });

  test.each([
    `rollout-2026-11-23T06-42-18-${ID}.jsonl.bak`,
    `rollout-2026-11-23T06-42-18-../../${ID}.jsonl`,
    'rollout-2026-11-23T06-42-18-------------------------------------.jsonl',
    `${ID}.jsonl`,
  ])('is none in a file called %s', (name) => {
    expect(conversationNamed(CODEX, name)).toBe(null);
  });

  test('is looked for on the three days that it may be anywhere', () => {
    expect(conversationFolders(CODEX, '/h', Date.UTC(2026, 11, 31, 23, 59))).toEqual([
      '/h/sessions/2026/12/31',
      '/h/sessions/2026/12/30',
      '/h/sessions/2027/01/01',
    ]);
  });

  test('is looked for with no other agent', () => {
    for (const name of BUILTIN_AGENTS.filter((each) => each !== 'codex')) {
      expect(conversationFolders(builtinProfile(name), '/h', AT)).toEqual([]);
      expect(conversationNamed(builtinProfile(name), NAME)).toBe(null);
    }
  });

  test('is none in any other text, which never throws', () => {
    const rows = fc.array(fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(prompt()))));
    fc.assert(
      fc.property(rows, (texts) => {
        expect(isBegunBy(CODEX, texts.join('\n'), ID, BEGUN)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
