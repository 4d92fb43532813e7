import { describe, expect, it } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readHook } from '../../src/agents/hook.ts';
import { readTranscript, transcriptSearch } from '../../src/agents/transcript.ts';

/** Lines and events as the real programs wrote them (Gemini CLI 0.61.0, OpenCode 1.18.33), shortened. */
const AT = Date.parse('2026-11-23T07:00:00.000Z');
const GEMINI = builtinProfile('gemini');
const OPENCODE = builtinProfile('opencode');

function line(type: string, more: object): string {
  return JSON.stringify({ id: 'f3', timestamp: '2026-11-23T06:59:00.000Z', type, ...more });
}

const SET = '{"$set":{"lastUpdated":"2026-11-23T06:59:00.000Z"}}';
const PROMPT = line('user', { content: [{ text: 'Rollcall task work/task (attempt k3)\n\nDo it.' }] });
const ANSWER = line('gemini', { content: 'Done.', thoughts: [] });

const failed = (content: string) =>
  readTranscript(GEMINI, [PROMPT, line('error', { content }), SET].join('\n'), AT, '(attempt k3)');

describe('the transcript of Gemini CLI', () => {
  it('is the first file of a conversation by its name, in any project', () => {
    const conversation = '891ef85d-cf2a-4b2d-ba1a-93c3344e50ad';
    expect(transcriptSearch(GEMINI, { home: '/h/.gemini', cwd: '/w', conversation })).toEqual({
      below: '/h/.gemini/tmp',
      file: 'chats/session-*-891ef85d.jsonl',
    });
  });

  it('tells an end only where the agent has rested at its prompt since', () => {
    const tail = [PROMPT, ANSWER, SET].join('\n');
    const at = Date.parse('2026-11-23T06:59:00.000Z');
    expect(readTranscript(GEMINI, tail, AT, '(attempt k3)', 0, null)?.turn).toBe('open');
    expect(readTranscript(GEMINI, tail, AT, '(attempt k3)', 0, at - 1)?.turn).toBe('open');
    expect(readTranscript(GEMINI, tail, AT, '(attempt k3)', 0, at)).toMatchObject({
      turn: 'ended',
      prompted: true,
      lastLines: ['Done.'],
    });
  });

  it('is open while a tool is called, whatever the screen shows', () => {
    const calling = line('gemini', { content: 'I look.', toolCalls: [{ name: 'run_shell_command' }] });
    for (const last of [calling, line('gemini', { content: '' }), PROMPT]) {
      expect(readTranscript(GEMINI, [PROMPT, last].join('\n'), AT, 'x', 0, AT)?.turn).toBe('open');
    }
  });

  it.each([
    ['[API Error: {"error":{"code":401,"status":"UNAUTHENTICATED"}}]', 'auth'],
    [
      '[API Error: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]',
      'server-error',
    ],
    ['[API Error: {"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}]', 'throttled'],
    [
      '[API Error: You have exhausted your daily quota on this model.]\nPlease wait and try again later.',
      'quota',
    ],
    ['[API Error: fetch failed]', 'network'],
    ['Something else', 'other'],
  ])('tells why a turn failed: %s', (content, error) => {
    expect(failed(content)).toMatchObject({ turn: 'failed', error });
  });

  it('takes no limit from an error of the server that speaks of one', () => {
    const both = '[API Error: {"error":{"code":500,"message":"Usage limit reached","status":"INTERNAL"}}]';
    expect(failed(both)).toMatchObject({ error: 'server-error' });
  });
});

describe('what the plugin in OpenCode hears', () => {
  const hear = (said: object) => readHook(OPENCODE, JSON.stringify(said), AT);
  const retry = (message: string, next: number) =>
    hear({ type: 'session.status', status: { type: 'retry', attempt: 1, message, next } });

  it('is a limit where it says so, with the end that it waits for', () => {
    expect(retry('The usage limit has been reached', AT + 3_600_000)).toMatchObject({
      event: 'turn-failed',
      error: 'quota',
      resetsAt: AT + 3_600_000,
    });
  });

  it('takes the pause before the next try for the end of no limit', () => {
    expect(retry('The usage limit has been reached', AT + 4_000)).toMatchObject({ resetsAt: null });
  });

  it.each(['Rate limit reached for requests per min.', 'Overloaded', 'Internal server error'])(
    'is no failure while it tries again: %s',
    (message) => {
      expect(retry(message, AT + 3_600_000)).toMatchObject({
        event: 'prompted',
        error: null,
        resetsAt: null,
      });
    },
  );

  it.each([
    [{ name: 'APIError', data: { message: 'Incorrect API key provided', statusCode: 401 } }, 'auth'],
    [
      { name: 'APIError', data: { message: 'The usage limit has been reached', statusCode: 500 } },
      'server-error',
    ],
    [{ name: 'APIError', data: { message: 'Too many requests', statusCode: 429 } }, 'throttled'],
    [{ name: 'UnknownError', data: { message: 'fetch failed' } }, 'network'],
  ])('tells why a turn failed: %j', (error, means) => {
    expect(hear({ type: 'session.error', error })).toMatchObject({ event: 'turn-failed', error: means });
  });

  it('tells what is asked, and concludes nothing from Escape', () => {
    expect(hear({ type: 'permission.asked', permission: 'bash', patterns: ['touch x'] })).toMatchObject({
      event: 'asked',
      text: 'touch x',
    });
    expect(hear({ type: 'session.error', error: { name: 'MessageAbortedError', data: {} } })?.event).toBe(
      'started',
    );
    expect(hear({ type: 'session.idle' })?.event).toBe('turn-ended');
  });
});
