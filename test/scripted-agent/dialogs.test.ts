import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { openStage, registryOf, transcriptsOf } from './stage.ts';

describe('a first-start dialog', () => {
  it('keeps the registry empty, and a blind Enter at the trust question ends the agent', async () => {
    const { launch, machine } = openStage();
    const home = join(machine.home, 'new');
    machine.sh(`mkdir '${home}'; echo '{"hasCompletedOnboarding":true}' >'${home}/.claude.json'`);
    const agent = launch({ home, prompt: 'work' });
    await agent.shows(/❯ No, exit\n {3}Yes, I trust this folder/);
    expect(registryOf(home)).toEqual({});
    agent.keys('Enter');
    expect(await agent.exitCode()).toBe(1);
    await agent.shows(/Claude Code didn't start because this folder isn't trusted\./);
    expect(agent.all('prompt')).toEqual([]);
  });

  it('is asked once: what was accepted is remembered, and the prompt of the command line still comes', async () => {
    const { launch, machine } = openStage();
    const home = join(machine.home, 'new');
    const args = ['--dangerously-skip-permissions'];
    const agent = launch({ home, args, prompt: 'work' });
    await agent.shows(/Choose the text style/);
    agent.keys('Enter');
    await agent.shows(/trust this folder/);
    agent.keys('Down', 'Enter');
    await agent.shows(/WARNING: Claude Code running in Bypass Permissions mode/);
    agent.keys('Down', 'Enter');
    await agent.saw('turn-end');
    await agent.shows(/⏵⏵ bypass permissions on/);
    const next = launch({ home, args, prompt: 'work' });
    await next.saw('turn-end');
    expect(next.all('dialog')).toEqual([]);
  });

  it('does not come where the folder above is trusted', async () => {
    const { launch, cwd, machine, home } = openStage();
    machine.sh(`mkdir -p '${cwd}/below'`);
    const agent = launch({ home, prompt: 'work', cwd: join(cwd, 'below') });
    await agent.saw('turn-end');
    expect(agent.all('start')[0]?.cwd).toBe(join(cwd, 'below'));
    expect(agent.all('dialog')).toEqual([]);
  });
});

describe('a permission question', () => {
  const scenario = {
    rules: [
      {
        times: 1,
        steps: [
          { type: 'permission', subject: 'touch made-by-agent' },
          { type: 'print', text: 'Touched.' },
        ],
      },
    ],
  } as const;

  it('is a waiting agent, told by the registry and a hook; an /exit typed at it approves', async () => {
    const { launch, home, machine } = openStage();
    const log = join(machine.folder, 'hooks');
    const hook = [{ hooks: [{ type: 'command', command: `cat >>"${log}"` }] }];
    const args = ['--settings', JSON.stringify({ hooks: { PermissionRequest: hook } })];
    const agent = launch({ args, prompt: 'work', scenario });
    await agent.shows(/Do you want to proceed\?\n ❯ 1\. Yes\n/);
    expect(Object.values(registryOf(home))).toMatchObject([
      { status: 'waiting', waitingFor: 'permission prompt' },
    ]);
    await until(() => existsSync(log) && readFileSync(log, 'utf8') !== '');
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
      hook_event_name: 'PermissionRequest',
      tool_name: 'Bash',
      tool_input: { command: 'touch made-by-agent' },
    });
    agent.keys('-l', '/exit');
    agent.keys('Enter');
    expect((await agent.saw('turn-end')).result).toBe('done');
    await agent.shows(/● Touched\./);
    expect(agent.all('dialog')).toMatchObject([{ dialog: 'permission-bash', answer: 0 }]);
    expect(agent.all('exit')).toEqual([]);
  });

  it('ends the turn when it is declined', async () => {
    const { launch, home } = openStage();
    const agent = launch({ prompt: 'work', scenario });
    await agent.shows(/Do you want to proceed/);
    agent.keys('Escape');
    expect((await agent.saw('turn-end')).result).toBe('rejected');
    await agent.shows(/⎿ .Rejected command[^]*\n❯\u00a0/);
    expect(agent.screen()).not.toContain('Touched.');
    expect(Object.values(registryOf(home))).toMatchObject([{ status: 'idle' }]);
  });
});

describe('a question', () => {
  it('waits for input, and its answer is in the transcript', async () => {
    const { launch, home } = openStage();
    const options = [{ label: 'Red', description: 'a warm one' }, { label: 'Blue' }];
    const steps = [{ type: 'question', question: 'Which colour do you want?', options }] as const;
    const agent = launch({ prompt: 'work', scenario: { rules: [{ steps }] } });
    await agent.shows(/Which colour do you want\?\n\n❯ 1\. Red\n {5}a warm one\n {2}2\. Blue/);
    expect(Object.values(registryOf(home))).toMatchObject([
      { status: 'waiting', waitingFor: 'input needed' },
    ]);
    agent.keys('2');
    await agent.saw('turn-end');
    const results = transcriptsOf(join(home, 'projects'))
      .flat()
      .map(({ toolUseResult }) => toolUseResult);
    expect(results).toContain('Blue');
  });
});

describe('Esc twice in an empty box', () => {
  it('opens an overlay that swallows what is typed next', async () => {
    const agent = openStage().launch();
    await agent.shows(/^❯\u00a0/m);
    agent.keys('Escape', 'Escape');
    await agent.shows(/Rewind/);
    agent.keys('-l', 'lost');
    agent.keys('Escape');
    await agent.shows(/^❯\u00a0\s*$/m);
    expect(agent.all('prompt')).toEqual([]);
  });
});
