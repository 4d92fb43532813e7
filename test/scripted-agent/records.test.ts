import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { failure, linesOf, listening, transcripts } from './listening.ts';
import { openStage } from './stage.ts';

type Json = Readonly<Record<string, unknown>>;

const RECORDS = join(import.meta.dirname, '..', 'corpus', 'records', 'claude');

describe('a turn that ends well', () => {
  it('tells the hooks what the real one does, and writes prompt and answer', async () => {
    const stage = openStage();
    const { args, told } = listening(stage);
    const answer = "You've hit your limit · resets 7pm\n\nAPI Error: 429";
    const agent = stage.launch({
      args,
      prompt: 'what is a limit',
      scenario: { rules: [{ steps: [{ type: 'print', text: answer }] }] },
    });
    const { pid } = await agent.saw('turn-end');
    process.kill(pid, 'SIGTERM');
    await agent.exitCode();
    const real = linesOf(join(RECORDS, 'hooks', 'falsepos-host.jsonl'));
    expect(told().map((hook) => Object.keys(hook).toSorted())).toEqual(
      real.map((hook) => Object.keys(hook).toSorted()),
    );
    expect(told()[2]).toMatchObject({
      hook_event_name: 'Stop',
      last_assistant_message: answer,
      background_tasks: [],
    });
    const [user] = transcripts(stage).filter(({ type }) => type === 'user');
    const [realUser] = linesOf(join(RECORDS, 'transcripts', 'falsepos-host.jsonl')).filter(
      ({ type }) => type === 'user',
    );
    expect(Object.keys(user ?? {}).toSorted()).toEqual(Object.keys(realUser ?? {}).toSorted());
    expect(failure(transcripts(stage))).toEqual({});
  });

  it('runs its programs with the words of the prompt, in its folder, between the hooks of a tool', async () => {
    const stage = openStage();
    const { args, told } = listening(stage);
    const agent = stage.launch({
      args,
      prompt: 'Task 17-a of the inbox',
      scenario: {
        rules: [
          {
            when: { prompt: String.raw`Task (?<id>\S+)` },
            steps: [{ type: 'run', argv: ['sh', '-c', 'echo "$1" >done', 'sh', '{id}'] }],
          },
        ],
      },
    });
    await agent.saw('turn-end');
    expect(readFileSync(join(stage.cwd, 'done'), 'utf8')).toBe('17-a\n');
    expect(told().map(({ hook_event_name }) => hook_event_name)).toEqual([
      'SessionStart',
      'UserPromptSubmit',
      'PreToolUse',
      'PostToolUse',
      'Stop',
    ]);
  });

  it('is not the end while a background task runs: the hook names it, and the agent stays busy', async () => {
    const stage = openStage();
    const { args, told } = listening(stage);
    const agent = stage.launch({
      args,
      prompt: 'work',
      scenario: { rules: [{ steps: [{ type: 'background', ms: 20_000 }] }] },
    });
    await agent.shows(/✻ Waiting for 1 background agent to finish/);
    const stops = (): readonly Json[] => told().filter(({ hook_event_name }) => hook_event_name === 'Stop');
    expect(stops()).toMatchObject([{ background_tasks: [{ status: 'running' }] }]);
    await until(() => stops().length === 2);
    expect(stops()[1]).toMatchObject({ background_tasks: [] });
    await until(() => agent.all('turn-end').length === 2);
  });
});

describe('an agent at its 5-hour limit', () => {
  const limited = (steps = 'limit-5h' as const) =>
    ({
      autoContinueDelayMs: 1000,
      rules: [{ times: 1, steps: [{ type: 'fail', kind: steps, resetsInMs: 1500 }] }],
    }) as const;

  it('goes on by itself, and says so', async () => {
    const stage = openStage();
    const { args, told } = listening(stage);
    const agent = stage.launch({ args, prompt: 'work', scenario: limited() });
    await agent.shows(/⚠ Usage limit reached · limit resets/);
    await until(() => agent.all('turn-end').length === 2);
    expect(agent.all('prompt').map(({ source }) => source)).toEqual(['argv', 'continue']);
    expect(told().find(({ hook_event_name }) => hook_event_name === 'Notification')).toMatchObject({
      notification_type: 'quota_auto_resume_fired',
    });
    expect(agent.screen()).not.toContain('⚠ Usage limit reached');
  });

  it('stops where Esc called it off, or the settings forbid it', async () => {
    const stage = openStage();
    const agent = stage.launch({ prompt: 'work', scenario: limited() });
    const settings = JSON.stringify({ autoContinueAtUsageLimit: false });
    const other = stage.launch({ args: ['--settings', settings], prompt: 'work', scenario: limited() });
    await agent.shows(/Esc to cancel/);
    agent.keys('Escape');
    await other.shows(/❯ 1\. Stop and wait for limit to reset/);
    other.keys('Enter');
    await new Promise((resolve) => setTimeout(resolve, 2200));
    expect([...agent.all('prompt'), ...other.all('prompt')].map(({ source }) => source)).toEqual([
      'argv',
      'argv',
    ]);
  });
});

describe('the status line', () => {
  it("shows its program's words, and tells it the limits after the first answer", async () => {
    const stage = openStage();
    const log = join(stage.machine.folder, 'status');
    const command = `tee -a '${log}' | sed 's/.*"session_id":"\\([0-9a-f]*\\).*/SL \\1/'`;
    const settings = JSON.stringify({ statusLine: { type: 'command', command } });
    const agent = stage.launch({
      args: ['--settings', settings],
      prompt: 'work',
      scenario: { usage: { fiveHour: 97, sevenDay: 3 } },
    });
    await agent.shows(/^ {2}SL [0-9a-f]{8}$/m);
    const inputs = await until(() => (linesOf(log).length > 1 ? linesOf(log) : null));
    expect(inputs[0]).not.toHaveProperty('rate_limits');
    expect(inputs[1]).toMatchObject({ rate_limits: { five_hour: { used_percentage: 97 } } });
  });
});
