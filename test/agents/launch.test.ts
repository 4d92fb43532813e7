import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { launchOf } from '../../src/agents/launch.ts';
import { launchSchema } from '../../src/agents/launch-schema.ts';
import { traitsOf } from '../../src/agents/traits.ts';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { BUILTIN_AGENTS } from '../../src/model/agents.ts';
import type { LaunchSpec } from '../../src/model/task.ts';
import { agent, MACHINE, PROMPT, request } from './a-launch.ts';

/** Settings files as what they say. */
function readable(starts: Readonly<Record<string, LaunchSpec>>): object {
  return Object.fromEntries(
    Object.entries(starts).map(([name, { files, ...start }]) => [
      name,
      {
        ...start,
        files: Object.fromEntries(
          Object.entries(files).map(([file, text]) => [
            file,
            file.endsWith('.json') ? (JSON.parse(text) as unknown) : text.split('\n').length,
          ]),
        ),
      },
    ]),
  );
}

describe('a start', () => {
  test.each(BUILTIN_AGENTS)('of %s is what its golden file says (UPDATE_LAUNCHES=1 writes it)', (name) => {
    const starts = {
      start: launchOf(agent(name), request(name), PROMPT, MACHINE),
      plain: launchOf(
        agent(name),
        request(name, { model: null, home: null, trusted: false }),
        PROMPT,
        MACHINE,
      ),
      ...(builtinProfile(name).launch?.resume === undefined
        ? {}
        : { resume: launchOf(agent(name), request(name, { mode: 'resume', launch: 2 }), PROMPT, MACHINE) }),
    };
    const file = new URL(`golden/${name}.json`, import.meta.url);
    const now = readable(starts);
    if (process.env['UPDATE_LAUNCHES'] === '1') writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
    expect(now).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  test('has the prompt as one argument, the last, whatever is in it', () => {
    const argv = ['a', '{model}', '--x', '$(id)', '"', '\\', '\n'.repeat(3)].join(' ');
    for (const name of ['claude', 'codex', 'gemini', 'generic'] as const) {
      const start = launchOf(agent(name), request(name), { ...PROMPT, argv }, MACHINE);
      expect(start.argv.at(-1)).toBe(argv);
      expect(start.paste).toBeNull();
    }
  });

  test('that is pasted has the prompt in no argument', () => {
    const start = launchOf(agent('claude'), request('claude', { delivery: 'paste' }), PROMPT, MACHINE);
    expect(start.paste).toEqual({ sentence: PROMPT.sentence, text: PROMPT.pasted });
    expect(start.argv.join(' ')).not.toContain('Fix the login');
    expect(start.argv).not.toContain('--');
  });

  test('of an agent that takes no prompt on its command line is pasted it, whatever was asked for', () => {
    const { launch, ...rest } = agent('opencode').profile;
    const { prompt: _, ...without } = launch ?? {};
    const asked = { ...agent('opencode'), profile: { ...rest, launch: launchSchema.parse(without) } };
    const start = launchOf(asked, request('opencode', { delivery: 'argv' }), PROMPT, MACHINE);
    expect(start.paste?.text).toBe(PROMPT.pasted);
  });

  test('has the file’s own arguments before ours', () => {
    const { argv } = launchOf(
      agent('claude', { args: ['--permission-mode', '{model}'] }),
      request('claude'),
      PROMPT,
      MACHINE,
    );
    expect(argv.slice(0, 4)).toEqual(['claude', '--permission-mode', '{model}', '--session-id']);
  });

  test('answers no dialog where the folder is not trusted', () => {
    for (const name of BUILTIN_AGENTS) {
      const { preAnswers, argv, files } = launchOf(
        agent(name),
        request(name, { trusted: false }),
        PROMPT,
        MACHINE,
      );
      expect(preAnswers).toEqual([]);
      expect([...argv, ...Object.values(files)].join(' ')).not.toMatch(/trust|skipDangerous/);
    }
  });

  test('never goes on by itself at the end of a limit, trusted or not', () => {
    for (const trusted of [true, false]) {
      const { files } = launchOf(agent('claude'), request('claude', { trusted }), PROMPT, MACHINE);
      expect(JSON.parse(files['settings.json'] ?? '')).toMatchObject({ autoContinueAtUsageLimit: false });
    }
  });

  test('names the folder to the agent’s own files as it is, however it is spelt', () => {
    const at = request('claude').cwd;
    const { preAnswers } = launchOf(agent('claude'), request('claude'), PROMPT, MACHINE);
    expect(preAnswers.map(({ at: keys }) => keys)).toContainEqual(['projects', at, 'hasTrustDialogAccepted']);
    const codex = launchOf(agent('codex'), request('codex'), PROMPT, MACHINE).argv;
    expect(codex).toContain(`projects={${JSON.stringify(at)}={trust_level="trusted"}}`);
  });

  test('without an account changes the files beside the user’s own home', () => {
    const { preAnswers, env } = launchOf(agent('claude'), request('claude', { home: null }), PROMPT, MACHINE);
    expect(new Set(preAnswers.map(({ file }) => file))).toEqual(new Set(['/home/ada/.claude.json']));
    expect(env).not.toHaveProperty('CLAUDE_CONFIG_DIR');
  });

  test('where the file itself sets the home changes the files there', () => {
    const own = agent('claude', { env: { CLAUDE_CONFIG_DIR: '/home/ada/.claude-lab' } });
    const { preAnswers, env } = launchOf(own, request('claude', { home: null }), PROMPT, MACHINE);
    expect(preAnswers[0]?.file).toBe('/home/ada/.claude-lab/.claude.json');
    expect(env['CLAUDE_CONFIG_DIR']).toBe('/home/ada/.claude-lab');
  });

  test('of an agent without a command is a mistake, and none is ever planned', () => {
    const nothing = { ...agent('generic'), profile: builtinProfile('generic') };
    expect(traitsOf(nothing.profile)).toBeNull();
    expect(() => launchOf(nothing, request('generic'), PROMPT, MACHINE)).toThrow('has no command');
  });
});

describe('the environment of an agent', () => {
  test('names the folder around a home that has to have its own name, and no other home', () => {
    const env = (home: string): unknown =>
      launchOf(agent('gemini'), request('gemini', { home }), PROMPT, MACHINE).env['GEMINI_CLI_HOME'];
    expect(env('/home/ada/main/.gemini')).toBe('/home/ada/main');
    expect(env('/home/ada/.gemini-main')).toBeUndefined();
  });

  const env = (over: Parameters<typeof agent>[1], secrets: Record<string, string> = {}): LaunchSpec['env'] =>
    launchOf(agent('claude', over), request('claude'), PROMPT, { ...MACHINE, secrets }).env;

  test('has nothing of the loop’s own but a clean few', () => {
    expect(Object.keys(env({}))).toEqual([
      'CLAUDE_CODE_RESUME_THRESHOLD_MINUTES',
      'CLAUDE_CODE_RESUME_TOKEN_THRESHOLD',
      'CLAUDE_CONFIG_DIR',
      'HOME',
      'LANG',
      'LC_TIME',
      'PATH',
      'ROLLCALL_ATTEMPT',
      'ROLLCALL_FILE',
      'ROLLCALL_RUN',
      'ROLLCALL_TASK',
      'USER',
      'XDG_RUNTIME_DIR',
    ]);
  });

  test('never tells of tmux, or another task, even where the file says so', () => {
    const said = env({
      env: { TMUX: 'x', TMUX_PANE: '%1', TMUX_TMPDIR: '/tmp', ROLLCALL_RUN: '/elsewhere' },
    });
    expect(Object.keys(said).filter((name) => name.startsWith('TMUX'))).toEqual([]);
    expect(said['ROLLCALL_RUN']).toBe(request('claude').runDir);
  });

  test('has the account’s home, whatever the file says of it', () => {
    expect(env({ env: { CLAUDE_CONFIG_DIR: '/home/ada/.claude' } })['CLAUDE_CONFIG_DIR']).toBe(
      '/home/ada/.home-main',
    );
  });

  test('has what reports the task first on its PATH, also where the file sets one', () => {
    expect(env({})['PATH']).toBe(MACHINE.path);
    expect(env({ env: { PATH: '/opt/bin:/bin' } })['PATH']).toBe(
      '/run/user/1000/rollcall/home/bin:/opt/bin:/bin',
    );
  });

  test('has the secrets that could be read, and no other place has them', () => {
    const token = 'hush-2f6d';
    const start = launchOf(
      agent('claude', {
        env: { TOKEN: { type: 'env', name: 'T' }, GONE: { type: 'env', name: 'G' } },
      }),
      request('claude'),
      PROMPT,
      { ...MACHINE, secrets: { TOKEN: token } },
    );
    expect(start.env['TOKEN']).toBe(token);
    expect(start.env).not.toHaveProperty('GONE');
    expect(JSON.stringify({ ...start, env: {} })).not.toContain(token);
  });
});

describe('what decides about an agent', () => {
  test('is how it takes its prompt, and whether its conversation outlives it', () => {
    expect(Object.fromEntries(BUILTIN_AGENTS.map((name) => [name, traitsOf(agent(name).profile)]))).toEqual({
      claude: {
        delivery: 'argv',
        resumes: true,
        choosesConversation: false,
        resumeDelivery: 'argv',
        resumeAfterMs: 0,
        resumeShares: ['projects'],
        exitMeansDone: false,
        hasRecords: true,
      },
      codex: {
        delivery: 'argv',
        resumes: true,
        choosesConversation: true,
        resumeDelivery: 'argv',
        resumeAfterMs: 0,
        resumeShares: ['sessions'],
        exitMeansDone: false,
        hasRecords: true,
      },
      opencode: {
        delivery: 'argv',
        resumes: true,
        choosesConversation: false,
        resumeDelivery: 'paste',
        resumeAfterMs: 0,
        resumeShares: [],
        exitMeansDone: false,
        hasRecords: true,
      },
      gemini: {
        delivery: 'argv',
        resumes: true,
        choosesConversation: false,
        resumeDelivery: 'paste',
        resumeAfterMs: 75_000,
        resumeShares: ['tmp'],
        exitMeansDone: false,
        hasRecords: true,
      },
      generic: {
        delivery: 'argv',
        resumes: false,
        choosesConversation: false,
        resumeDelivery: 'argv',
        resumeAfterMs: 0,
        resumeShares: [],
        exitMeansDone: true,
        hasRecords: false,
      },
    });
  });
});
