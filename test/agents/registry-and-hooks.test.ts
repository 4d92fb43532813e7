import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readHook } from '../../src/agents/hook.ts';
import { readRegistry, registryPath } from '../../src/agents/registry.ts';
import type { HookFact } from '../../src/model/run.ts';
import { lines, record } from './records.ts';

const CLAUDE = builtinProfile('claude');
const REGISTRY = record('claude/sessions/17254.json');
const SELF = { pid: 17_254, start: '681287' };

function registry(over: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...(JSON.parse(REGISTRY) as object), ...over });
}

describe('what an agent registers of itself', () => {
  test('is read as it was captured', () => {
    expect(registryPath(CLAUDE, '/home/ada/.claude', 17_254)).toBe('/home/ada/.claude/sessions/17254.json');
    expect(readRegistry(CLAUDE, REGISTRY, SELF)).toEqual({
      status: 'idle',
      waitingFor: null,
      at: 1_795_354_114_647,
    });
  });

  test.each([
    ['busy', 'working'],
    ['shell', 'working'],
    ['waiting', 'waiting'],
    ['idle', 'idle'],
  ])('as %s is %s', (word, status) => {
    const fact = readRegistry(CLAUDE, registry({ status: word, waitingFor: 'permission prompt' }), SELF);
    expect(fact).toMatchObject({ status, waitingFor: 'permission prompt' });
  });

  test('counts for no other process, of whatever number', () => {
    expect(readRegistry(CLAUDE, REGISTRY, { ...SELF, start: '681288' })).toBeNull();
    expect(readRegistry(CLAUDE, REGISTRY, { ...SELF, pid: 17_255 })).toBeNull();
    expect(
      readRegistry(CLAUDE, registry({ procStart: undefined }), { ...SELF, start: 'undefined' }),
    ).toBeNull();
  });

  test('says nothing in words of no known meaning, without a time, or cut off', () => {
    const bad = [
      registry({ status: 'dreaming' }),
      registry({ status: 'constructor' }),
      registry({ statusUpdatedAt: null, updatedAt: 'now' }),
      REGISTRY.slice(0, -1),
      '[]',
      '',
    ];
    expect(bad.filter((text) => readRegistry(CLAUDE, text, SELF) !== null)).toEqual([]);
  });
});

const EVENTS: Readonly<Record<string, readonly string[]>> = {
  '401oauth-host': ['started', 'prompted', 'turn-failed auth', 'ended'],
  '429-api': ['started', 'prompted', 'turn-failed throttled', 'ended'],
  '500-api': ['started', 'prompted', 'turn-failed server-error', 'ended'],
  '529-api': ['started', 'prompted', 'turn-failed server-error', 'ended'],
  'credit-api': ['started', 'prompted', 'turn-failed billing', 'ended'],
  'falsepos-host': ['started', 'prompted', 'turn-ended', 'ended'],
  'limit5h-oat': ['started', 'prompted', 'turn-failed quota', 'ended'],
  'limit7d-oat': ['started', 'prompted', 'turn-failed quota', 'ended'],
  'midoverload-api': ['started', 'prompted', 'turn-ended', 'ended'],
};

const hook = (event: object): HookFact | null => readHook(CLAUDE, JSON.stringify(event), 7);

describe('an event of a hook', () => {
  test.each(Object.entries(EVENTS))('of %s means what happened', (name, meant) => {
    const facts = lines(`claude/hooks/${name}.jsonl`).map((line) => readHook(CLAUDE, line, 7));
    const seen = facts.map((fact) => [fact?.event, fact?.error].filter(Boolean).join(' '));
    expect(seen).toEqual(meant);
    expect(facts.every((fact) => fact?.at === 7 && fact.background === 0)).toBe(true);
  });

  test('tells what the agent said last, as one row', () => {
    expect(
      hook({ hook_event_name: 'Stop', last_assistant_message: 'One.\n\n\u001b[31mTwo.\u202e' })?.text,
    ).toBe('One. [31mTwo.');
    const long = hook({ hook_event_name: 'Stop', last_assistant_message: 'ab '.repeat(9000) })?.text;
    expect(long?.length).toBe(500);
  });

  test('at the end of a turn counts what still runs in the background', () => {
    expect(hook({ hook_event_name: 'Stop', background_tasks: [{}, {}] })?.background).toBe(2);
    expect(hook({ hook_event_name: 'Stop', background_tasks: 'many' })?.background).toBe(0);
  });

  test.each([
    ['a command', { tool_name: 'Bash', tool_input: { command: 'rm x' } }, 'rm x'],
    ['a file', { tool_name: 'Write', tool_input: { file_path: '/x/y', content: 'z' } }, '/x/y'],
    [
      'a question',
      { tool_name: 'AskUserQuestion', tool_input: { questions: [{ question: 'Which colour?' }] } },
      'Which colour?',
    ],
    ['a tool of its own', { tool_name: 'mcp__x', tool_input: {} }, 'mcp__x'],
  ])('that asks for %s says for which', (_, more, text) => {
    expect(hook({ hook_event_name: 'PermissionRequest', ...more })).toMatchObject({ event: 'asked', text });
  });

  test('in the middle of a turn, of no known name, or cut off tells nothing', () => {
    const nothing = [
      JSON.stringify({ hook_event_name: 'SessionStart', source: 'compact' }),
      JSON.stringify({ hook_event_name: 'PreToolUse', tool_name: 'Bash' }),
      JSON.stringify({ hook_event_name: 'constructor' }),
      '{"hook_event_name":"Stop"',
      'null',
      '['.repeat(100_000),
    ];
    expect(nothing.filter((text) => readHook(CLAUDE, text, 7) !== null)).toEqual([]);
  });

  test('with words of a limit counts as one only where the agent calls it a limit', () => {
    const words = "You've hit your weekly limit · resets Nov 25, 11:29pm (UTC)";
    const failed = (error: string): HookFact | null =>
      hook({ hook_event_name: 'StopFailure', error, last_assistant_message: words });
    expect(failed('rate_limit')?.error).toBe('quota');
    expect(failed('server_error')?.error).toBe('server-error');
    expect(failed('unknown')?.error).toBe('other');
    expect(hook({ hook_event_name: 'Stop', last_assistant_message: words })?.error).toBeNull();
  });

  test('of any JSON never throws', () => {
    const law = fc.property(
      fc.json({ maxDepth: 6 }),
      fc.constantFrom('Stop', 'StopFailure', 'x'),
      (json, name) => {
        readHook(CLAUDE, json, 1);
        readHook(CLAUDE, `{"hook_event_name":"${name}","error":${json},"tool_input":${json}}`, 1);
        readRegistry(CLAUDE, json, SELF);
      },
    );
    expect(() => fc.assert(law, { numRuns: 500 })).not.toThrow();
  });
});
