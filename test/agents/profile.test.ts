import { describe, expect, test } from 'vitest';
import { agentProfile } from '../../src/agents/agent-profile.ts';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { PROFILE_KEYS } from '../../src/desired/schema/profile.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import type { AgentSpec } from '../../src/model/desired.ts';

const spec = (from: Partial<AgentSpec>): AgentSpec => ({
  extends: 'builtin:claude',
  args: [],
  env: {},
  trust: [],
  models: null,
  overrides: {},
  ...from,
});

describe('a built-in profile', () => {
  test.each(BUILTIN_AGENTS)('%s is there and names itself', (name) => {
    expect(builtinProfile(name).name).toBe(name);
  });

  test('of Claude Code says where its home and its running sessions are', () => {
    expect(builtinProfile('claude')).toMatchObject({
      command: ['claude'],
      home: { env: 'CLAUDE_CONFIG_DIR', default: '~/.claude' },
      sessions: 'sessions',
    });
  });

  test('takes no key it does not know', () => {
    expect(profileSchema.safeParse({ ...builtinProfile('claude'), colour: 'red' }).success).toBe(false);
  });
});

describe('an agent of the file', () => {
  test('is the profile it extends, with its overrides over it', () => {
    const reading = agentProfile(
      'aider',
      spec({ extends: 'builtin:generic', overrides: { command: ['aider'] } }),
    );
    expect(reading).toMatchObject({
      ok: true,
      profile: { name: 'aider', command: ['aider'], process: [], home: null },
    });
  });

  test('with a bad override is told where', () => {
    const reading = agentProfile('aider', spec({ overrides: { process: ['x'.repeat(16)] } }));
    expect(reading.ok ? [] : reading.problems.map(({ path }) => path)).toEqual(['/process/0']);
  });

  test('may change one rule of a screen by its name, and its own rules go first', () => {
    const mine = { when: [{ at: 'title', match: 'x' }], means: { state: 'idle' } };
    const reading = agentProfile('mine', spec({ overrides: { screens: { rules: { mine, idle: mine } } } }));
    const rules = reading.ok ? (reading.profile.screens?.rules ?? {}) : {};
    const builtin = builtinProfile('claude').screens?.rules ?? {};
    expect(Object.keys(rules)).toEqual([
      'mine',
      'idle',
      ...Object.keys(builtin).filter((name) => name !== 'idle'),
    ]);
    expect(rules['idle']).toEqual(rules['mine']);
    expect(reading.ok ? reading.profile.screens?.layout : null).toEqual(
      builtinProfile('claude').screens?.layout,
    );
  });

  test('may not bring a pattern that runs for ever, a word outside the lists or a key that means nothing', () => {
    const screens = (rule: object) => ({ overrides: { screens: { rules: { mine: rule } } } });
    const means = { state: 'idle' };
    const bad = [
      { when: [{ at: 'end', match: '(a+)+b' }], means },
      { when: [{ at: 'end', match: '(' }], means },
      { when: [{ at: 'end', match: 'x' }], means: { state: 'happy' } },
      { when: [{ at: 'end', match: 'x', colour: 'red' }], means },
      { when: [], means },
    ];
    expect(bad.filter((rule) => agentProfile('mine', spec(screens(rule))).ok)).toEqual([]);
  });

  test('may override every key of a profile but its name', () => {
    expect([...PROFILE_KEYS, 'name'].toSorted()).toEqual(Object.keys(profileSchema.shape).toSorted());
  });
});
