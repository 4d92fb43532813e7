import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startOf } from '../../src/host/processes.ts';
import { until } from '../support/tmux.ts';
import { openStage, registryOf, transcriptsOf } from './stage.ts';

const ID = 'b0a1c2d3-0000-4000-8000-123456789abc';

describe('the registry file', () => {
  it('comes with the prompt, tells what goes on, and goes with the process', async () => {
    const { launch, home, cwd } = openStage();
    const agent = launch({
      args: ['--session-id', ID],
      prompt: 'work',
      scenario: { rules: [{ steps: [{ type: 'work', ms: 8000 }] }] },
    });
    const { pid } = await agent.saw('start');
    await agent.saw('turn-begin');
    const file = `${String(pid)}.json`;
    const known = {
      pid,
      procStart: startOf(pid),
      sessionId: ID,
      cwd,
      version: '2.1.330',
      kind: 'interactive',
    };
    expect(registryOf(home)).toMatchObject({ [file]: { ...known, status: 'busy' } });
    await until(() => registryOf(home)[file]?.['status'] === 'idle');
    expect(registryOf(home)[file]?.['tmux']).toMatch(/^0:@0\.%0$/);
    agent.keys('-l', '/exit');
    agent.keys('Enter');
    expect(await agent.exitCode()).toBe(0);
    expect(registryOf(home)).toEqual({});
    expect(await agent.shows(/Resume/)).toContain(`Resume this session with:\nclaude --resume ${ID}`);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 0],
  ] as const)('is gone after %s, which ends it with %i, also in a turn', async (signal, code) => {
    const { launch, home } = openStage();
    const agent = launch({ prompt: 'work', scenario: { rules: [{ steps: [{ type: 'hang' }] }] } });
    const { pid } = await agent.saw('turn-begin');
    process.kill(pid, signal);
    expect(await agent.exitCode()).toBe(code);
    expect(agent.all('exit')).toMatchObject([{ code, orderly: true }]);
    expect(registryOf(home)).toEqual({});
  });

  it('stays behind with its last status after SIGKILL', async () => {
    const { launch, home } = openStage();
    const agent = launch({ prompt: 'work', scenario: { rules: [{ steps: [{ type: 'hang' }] }] } });
    const { pid } = await agent.saw('turn-begin');
    process.kill(pid, 'SIGKILL');
    expect(await agent.exitCode()).toBe(137);
    expect(registryOf(home)).toMatchObject({ [`${String(pid)}.json`]: { status: 'busy' } });
    expect(agent.all('exit')).toEqual([]);
  });
});

describe('leaving', () => {
  it('takes two presses of C-c, and says so after the first', async () => {
    const agent = openStage().launch();
    await agent.shows(/^❯\u00a0/m);
    agent.keys('C-c');
    await agent.shows(/Press Ctrl-C again to exit/);
    agent.keys('C-c');
    expect(await agent.exitCode()).toBe(0);
    // Nothing was said: there is nothing to resume.
    expect(agent.screen()).not.toContain('Resume');
  });

  it('is not what one C-c does to a turn: that is interrupted, without a hook', async () => {
    const { launch, machine } = openStage();
    const log = join(machine.folder, 'hooks');
    const hook = [{ hooks: [{ type: 'command', command: `echo Stop >>'${log}'` }] }];
    const settings = join(machine.folder, 'settings.json');
    machine.sh(
      `printf '%s' '${JSON.stringify({ hooks: { Stop: hook, StopFailure: hook } }).replaceAll("'", `'\\''`)}' >'${settings}'; : >'${log}'`,
    );
    const scenario = { rules: [{ times: 1, steps: [{ type: 'hang' }] }] } as const;
    const agent = launch({ args: ['--settings', settings], prompt: 'work', scenario });
    await agent.saw('turn-begin');
    agent.keys('C-c');
    expect((await agent.saw('turn-end')).result).toBe('interrupted');
    await agent.shows(/⎿ .Interrupted · What should Claude do instead\?/);
    expect(readFileSync(log, 'utf8')).toBe('');
    agent.keys('-l', 'again');
    agent.keys('Enter');
    await until(() => agent.all('turn-end').length === 2);
    expect(readFileSync(log, 'utf8')).toBe('Stop\n');
  });

  it('happens at a crash with its code or signal, and tidies nothing up', async () => {
    const { launch, home } = openStage();
    const dies = (prompt: string): ReturnType<typeof launch> =>
      launch({
        prompt,
        scenario: {
          rules: [
            { when: { prompt: 'code' }, steps: [{ type: 'crash', code: 7 }] },
            { steps: [{ type: 'crash', signal: 'SIGSEGV' }] },
          ],
        },
      });
    const coded = dies('by code');
    expect(await coded.exitCode()).toBe(7);
    expect(coded.all('exit')).toMatchObject([{ code: 7, orderly: false }]);
    expect(await dies('by signal').exitCode()).toBe(128 + 11);
    expect(Object.keys(registryOf(home))).toHaveLength(2);
  });
});

describe('a request', () => {
  it('is refused while its account is at its limit, and answered before and after', async () => {
    const { launch, machine, home } = openStage();
    const limits = join(machine.folder, 'limits.json');
    const agent = launch({
      prompt: 'first',
      args: ['--settings', '{"autoContinueAtUsageLimit":true}'],
      scenario: { limits, rules: [{ steps: [{ type: 'request', ms: 500 }] }] },
    });
    expect((await agent.saw('turn-end')).result).toBe('done');
    const resetAt = Date.now() + 4000;
    writeFileSync(limits, JSON.stringify({ [basename(home)]: resetAt, another: resetAt + 3_600_000 }));
    agent.keys('-l', 'second');
    agent.keys('Enter');
    await until(() => agent.all('turn-end').length === 2);
    expect(agent.all('turn-end')[1]?.result).toBe('failed:limit-5h');
    await until(() => Date.now() > resetAt);
    agent.keys('-l', 'third');
    agent.keys('Enter');
    await until(() => agent.all('turn-end').length === 3, 15_000);
    expect(agent.all('turn-end')[2]?.result).toBe('done');
  });
});

describe('a program that a turn runs', () => {
  it('does not outlive the agent', async () => {
    const { launch, cwd } = openStage();
    const steps = [{ type: 'run', argv: ['sh', '-c', 'echo $$ >pid; exec sleep 60'] }] as const;
    const agent = launch({ prompt: 'work', scenario: { rules: [{ steps }] } });
    const child = Number(
      await until(() => (existsSync(join(cwd, 'pid')) ? readFileSync(join(cwd, 'pid'), 'utf8') : '') || null),
    );
    expect(startOf(child)).not.toBeNull();
    process.kill((await agent.saw('start')).pid, 'SIGTERM');
    expect(await agent.exitCode()).toBe(143);
    await until(() => startOf(child) === null);
  });
});

describe('an agent that ignores SIGHUP', () => {
  it('outlives its session, and ends by SIGTERM', async () => {
    const { launch, machine, home } = openStage();
    const agent = launch({
      prompt: 'work',
      scenario: { ignoreSignals: ['SIGHUP'], rules: [{ steps: [{ type: 'hang' }] }] },
    });
    const { pid } = await agent.saw('turn-begin');
    machine.tmux('kill-session', '-t', '=0:');
    await agent.saw('signal');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(startOf(pid)).not.toBeNull();
    expect(registryOf(home)).toMatchObject({ [`${String(pid)}.json`]: { status: 'busy' } });
    process.kill(pid, 'SIGTERM');
    expect((await agent.saw('exit')).code).toBe(143);
    await until(() => startOf(pid) === null);
  });

  it('is one that would otherwise end with its session', async () => {
    const { launch, machine } = openStage();
    const agent = launch({ prompt: 'work', scenario: { rules: [{ steps: [{ type: 'hang' }] }] } });
    await agent.saw('turn-begin');
    machine.tmux('kill-session', '-t', '=0:');
    expect((await agent.saw('exit')).code).toBe(129);
  });
});

describe('a conversation', () => {
  it('is refused where its id is taken, or unknown', async () => {
    const { launch, machine } = openStage();
    const first = launch({ args: ['--session-id', ID], prompt: 'hello' });
    await first.saw('turn-end');
    const again = launch({ args: ['--session-id', ID], prompt: 'hello' });
    expect(await again.exitCode()).toBe(1);
    expect(errors(machine.folder, 2)).toBe(`Error: Session ID ${ID} is already in use.\n`);
    const other = ID.replace('b0', 'b1');
    const unknown = launch({ args: ['--resume', other], prompt: 'hello' });
    expect(await unknown.exitCode()).toBe(1);
    expect(errors(machine.folder, 3)).toBe(`No conversation found with session ID: ${other}\n`);
    expect([...again.all('ready'), ...unknown.all('ready')]).toEqual([]);
  });

  it('goes on in the same file from another account home that shares its projects, and from another folder', async () => {
    const { launch, machine, home, cwd } = openStage();
    const shared = join(machine.home, 'shared');
    const backup = join(machine.home, 'claude-backup');
    machine.sh(
      `mkdir -p '${shared}/projects' '${backup}' '${cwd}/below'; cp '${home}/.claude.json' '${backup}/'`,
    );
    machine.sh(
      `ln -s '${shared}/projects' '${home}/projects'; ln -s '${shared}/projects' '${backup}/projects'`,
    );
    const first = launch({ args: ['--session-id', ID], prompt: 'remember the number 42' });
    const { pid } = await first.saw('turn-end');
    process.kill(pid, 'SIGTERM');
    await first.exitCode();
    const second = launch({
      args: ['--resume', ID],
      prompt: 'go on',
      home: backup,
      cwd: join(cwd, 'below'),
      scenario: {
        rules: [
          {
            when: { home: 'claude-backup$', turn: 2, resumed: true },
            steps: [{ type: 'print', text: 'It was 42.' }],
          },
        ],
      },
    });
    expect(await second.saw('turn-begin')).toMatchObject({ turn: 2, rule: 0, session: ID });
    const screen = await second.shows(/● It was 42\./);
    expect(screen).toMatch(/❯ remember the number 42\n\n● Done\.\n\n❯ go on/);
    const files = transcriptsOf(join(shared, 'projects'));
    expect(files).toHaveLength(1);
    const users = (files[0] ?? []).filter(({ type }) => type === 'user');
    expect(users).toMatchObject([
      { sessionId: ID, cwd, message: { content: 'remember the number 42' } },
      { sessionId: ID, cwd: join(cwd, 'below'), message: { content: 'go on' } },
    ]);
    const uuids = (files[0] ?? []).map(({ uuid }) => uuid);
    expect(uuids).toContain(users[1]?.['parentUuid']);
    const places = machine.sh(`find '${shared}/projects' -name '*.jsonl'`);
    expect(basename(join(places, '..'))).toBe(cwd.replaceAll(/[^A-Za-z0-9]/g, '-'));
  });
});

describe('a start that fails', () => {
  it('prints its words and ends with its code', async () => {
    const { launch, machine } = openStage();
    const agent = launch({ scenario: { start: { refuse: { text: 'Unable to connect', code: 3 } } } });
    expect(await agent.exitCode()).toBe(3);
    expect(errors(machine.folder, 1)).toBe('Unable to connect\n');
    expect(agent.all('exit')).toMatchObject([{ code: 3, orderly: true }]);
  });
});

function errors(folder: string, agent: number): string {
  return readFileSync(join(folder, `agent-${String(agent)}`, 'stderr'), 'utf8');
}
