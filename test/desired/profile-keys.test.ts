import { describe, expect, test } from 'vitest';
import { agentProfile } from '../../src/agents/agent-profile.ts';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import { PROFILE_KEYS } from '../../src/desired/schema/profile.ts';
import { body, brief, found, good } from './reading.ts';

/** An agent `a` with this below it, each key in a row of its own from line 7 on. */
function agent(...rows: readonly string[]): ReturnType<typeof body> {
  return body(`agents:\n  a:\n    extends: builtin:claude\n${rows.map((row) => `    ${row}`).join('\n')}`);
}

const BAD: readonly (readonly [title: string, row: string, problems: readonly string[]])[] = [
  ['a way to deliver that there is not', 'deliver: typed', ['bad-value 7:14 /agents/a/deliver']],
  ['a word for yes', 'exitMeansDone: "yes"', ['bad-value 7:20 /agents/a/exitMeansDone']],
  ['a line for a list', 'launch: { prompt: "-- {prompt}" }', ['bad-value 7:23 /agents/a/launch/prompt']],
  ['a misspelt key', 'launch: { promt: ["{prompt}"] }', ['unknown-key 7:15 /agents/a/launch/promt']],
  [
    'a misspelt word in braces',
    'launch: { model: [-m, "{modle}"] }',
    ['bad-value 7:22 /agents/a/launch/model', 'bad-value 7:27 /agents/a/launch/model/1'],
  ],
  [
    'arguments without what they are for',
    'launch: { resume: [--continue] }',
    ['bad-value 7:23 /agents/a/launch/resume'],
  ],
  [
    'a word that stands for nothing there',
    'firstStart: [{ file: "{cwd}/x", fileByDefault: ~/x, at: ["{home}"], value: true }]',
    ['bad-value 7:26 /agents/a/firstStart/0/file', 'bad-value 7:62 /agents/a/firstStart/0/at/0'],
  ],
  [
    'a state that there is not',
    'registry: { states: { busy: happy } }',
    ['bad-value 7:33 /agents/a/registry/states/busy'],
  ],
  ['a field with a space', 'registry: { pid: "process id" }', ['bad-value 7:22 /agents/a/registry/pid']],
  [
    'an event that means nothing',
    'hooks: { events: { x: { means: finished } } }',
    ['bad-value 7:36 /agents/a/hooks/events/x/means'],
  ],
  [
    'a pattern that can blow up',
    "transcript: { lines: { x: { says: { match: '(a+)+$' } } } }",
    ['bad-pattern 7:48 /agents/a/transcript/lines/x/says/match'],
  ],
  [
    'a turn that there is not',
    'transcript: { lines: { x: { turn: over } } }',
    ['bad-value 7:39 /agents/a/transcript/lines/x/turn'],
  ],
  [
    'a place with a word unknown there',
    'transcript: { file: "projects/{cwd}.jsonl" }',
    ['bad-value 7:25 /agents/a/transcript/file'],
  ],
];

describe('a mistake in what overrides a profile', () => {
  test.each(BAD)('%s is told with its line', (_, row, problems) => {
    expect(brief(agent(row))).toEqual(problems);
  });

  test('with a word in braces that is nearly right is told which', () => {
    const help = found(agent('launch: { start: ["{convesation}"] }'))
      .map(({ frame }) => frame)
      .join('\n');
    expect(help).toContain('did you mean {conversation}?');
  });

  test('is none where the word in braces is a piece of JSON or TOML', () => {
    expect(brief(agent(`launch: { trusted: ['x={"a"={b="c"}}', '{1}', '{ prompt }'] }`))).toEqual([]);
  });
});

describe('an agent without a program', () => {
  test('is a warning where tasks are to be given to it, and nowhere else', () => {
    const pool = 'pools: { p: { prefix: p-, max: 1, agent: b } }';
    expect(brief(body(`agents: { b: { extends: builtin:generic } }\n${pool}`))).toEqual([
      'no-command 5:42 /pools/p/agent',
    ]);
    expect(brief(body(`agents: { b: { extends: builtin:generic, command: [x] } }\n${pool}`))).toEqual([]);
    expect(brief(body('agents: { b: { extends: builtin:generic } }'))).toEqual([]);
  });
});

describe('what overrides a profile', () => {
  test('reaches it, and leaves the rest of each map as it was', () => {
    const { a } = good(
      agent(
        'deliver: paste',
        'launch: { model: [--llm, "{model}"] }',
        'settings: { always: { theme: dark } }',
        'registry: { states: { napping: idle } }',
        'hooks: { events: { mine: { when: { hook_event_name: [Stop], x: [1] }, means: ended } } }',
        'transcript: { lines: { over: { when: { type: [end] }, turn: closed } } }',
      ),
    ).agents;
    const reading = a === undefined ? null : agentProfile('a', a);
    const profile = reading?.ok === true ? reading.profile : null;
    const base = builtinProfile('claude');
    expect(profile).toMatchObject({ name: 'a', deliver: 'paste' });
    expect(profile?.launch).toEqual({ ...base.launch, model: ['--llm', '{model}'] });
    expect(profile?.settings?.always).toEqual({ autoContinueAtUsageLimit: false, theme: 'dark' });
    expect(profile?.registry?.states).toEqual({ ...base.registry?.states, napping: 'idle' });
    expect(Object.keys(profile?.hooks?.events ?? {})).toEqual([
      'mine',
      ...Object.keys(base.hooks?.events ?? {}),
    ]);
    expect(Object.keys(profile?.transcript?.lines ?? {})[0]).toBe('over');
    expect(Object.keys(profile?.transcript?.lines ?? {}).length).toBe(
      Object.keys(base.transcript?.lines ?? {}).length,
    );
    expect(profile?.screens).toEqual(base.screens);
  });

  test('may be all of a built-in profile, and it is the same then', () => {
    for (const name of BUILTIN_AGENTS) {
      const whole: Readonly<Record<string, unknown>> = builtinProfile(name);
      const written = PROFILE_KEYS.filter((key) => whole[key] !== undefined && whole[key] !== null)
        // What is read of `screens` has its lists filled in; the file is not asked about what is in it.
        .filter((key) => key !== 'screens' && !(Array.isArray(whole[key]) && whole[key].length === 0))
        .map((key) => `${key}: ${JSON.stringify(whole[key])}`);
      const { a } = good(
        body(`agents:\n  a:\n    extends: builtin:${name}\n    ${written.join('\n    ')}`),
      ).agents;
      const reading = a === undefined ? null : agentProfile('a', a);
      expect(reading).toEqual({ ok: true, profile: { ...whole, name: 'a' } });
    }
  });
});
