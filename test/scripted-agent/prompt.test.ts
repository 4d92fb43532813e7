import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { measureOf } from './ledger.ts';
import { openStage } from './stage.ts';

const LINES_200 = Array.from(
  { length: 200 },
  (_, index) => `line ${String(index)}: é, 日本, "quoted" $HOME \`x\``,
).join('\n');

describe('a prompt on the command line', () => {
  it.each([
    ['one line', 'fix the failing test'],
    ['200 lines', LINES_200],
    ['20 kB with tabs and a newline at its end', '\tword and another word\n'.repeat(900)],
    ['dashes and a bang first', '--not-an-option and !touch'],
    ['a backslash last', 'ends with a backslash \\'],
  ])('arrives byte for byte: %s', async (_name, prompt) => {
    const stage = openStage();
    const log = join(stage.machine.folder, 'hook.json');
    const settings = JSON.stringify({
      hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: `cat >"${log}"` }] }] },
    });
    const agent = stage.launch({ args: ['--settings', settings], prompt });
    const turn = await agent.saw('turn-end');
    expect(turn.result).toBe('done');
    expect(agent.all('prompt')).toMatchObject([{ source: 'argv', ...measureOf(prompt) }]);
    const told: unknown = JSON.parse(readFileSync(log, 'utf8'));
    expect(told).toMatchObject({ hook_event_name: 'UserPromptSubmit', prompt });
    expect(agent.all('input')).toEqual([]);
  });
});

describe('a prompt at the keyboard', () => {
  it('is a sentence with a paste behind it, sent by a lone Enter', async () => {
    const agent = openStage().launch();
    await agent.shows(/^❯\u00a0/m);
    agent.keys('-l', 'Do what the following says.');
    agent.paste(LINES_200);
    await agent.shows(/❯\u00a0Do what the following says\.\[Pasted text #1 \+199 lines\]/);
    expect(agent.all('prompt')).toEqual([]);
    agent.keys('Enter');
    await agent.saw('turn-end');
    expect(agent.all('prompt')).toMatchObject([{ source: 'typed', pastes: [measureOf(LINES_200)] }]);
    expect(agent.all('prompt')[0]?.starts).toMatch(
      /^Do what the following says\. <pasted_content id="\w{4}">\nline 0/,
    );
  });

  it('stays in the box when its Enter is swallowed, and a second Enter sends it', async () => {
    const agent = openStage().launch({
      scenario: { input: { swallowEnter: { type: 'first' }, burstMs: 60_000 } },
    });
    await agent.shows(/^❯\u00a0/m);
    agent.paste('one\ntwo\nthree\nfour');
    await agent.shows(/\[Pasted text #1 \+3 lines\]/);
    agent.keys('Enter');
    await agent.saw('enter-swallowed');
    expect(agent.screen()).toMatch(/\[Pasted text #1 \+3 lines\]/);
    expect(agent.all('prompt')).toEqual([]);
    agent.keys('Enter');
    await agent.saw('turn-end');
    expect(agent.all('prompt')).toHaveLength(1);
  });

  it('swallows at random as its seed says', async () => {
    const agent = openStage().launch({
      scenario: { input: { swallowEnter: { type: 'random', chance: 0.5, seed: 3 }, burstMs: 60_000 } },
    });
    await agent.shows(/^❯\u00a0/m);
    for (let sent = 1; sent <= 6; sent += 1) {
      agent.keys('-l', `task ${String(sent)}`);
      await until(() => {
        agent.keys('Enter');
        return agent.all('prompt').length === sent;
      });
      await until(() => agent.all('turn-end').length === sent);
    }
    expect(agent.all('prompt').map(({ starts }) => starts)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `task ${String(n)}`),
    );
    expect(agent.all('enter-swallowed').length).toBeGreaterThan(0);
  });

  it('is cleared by C-u, and an Enter in an empty box sends nothing', async () => {
    const agent = openStage().launch();
    await agent.shows(/^❯\u00a0/m);
    agent.keys('-l', 'half a thought');
    await agent.shows(/❯\u00a0half a thought/);
    agent.keys('C-u', 'Enter');
    agent.keys('-l', 'a whole one');
    agent.keys('Enter');
    await agent.saw('turn-end');
    expect(agent.all('prompt').map(({ starts }) => starts)).toEqual(['a whole one']);
  });

  it('goes on in a new line behind a backslash', async () => {
    const agent = openStage().launch();
    await agent.shows(/^❯\u00a0/m);
    agent.keys('-l', String.raw`first \ `.trim());
    agent.keys('Enter');
    agent.keys('-l', 'second');
    agent.keys('Enter');
    await agent.saw('turn-end');
    expect(agent.all('prompt').map(({ starts }) => starts)).toEqual(['first \nsecond']);
  });

  it('waits in a queue while a turn runs', async () => {
    const agent = openStage().launch({
      scenario: { rules: [{ when: { prompt: 'first' }, steps: [{ type: 'work', ms: 20_000 }] }] },
      prompt: 'the first',
    });
    await agent.saw('turn-begin');
    agent.keys('-l', 'the second');
    agent.keys('Enter');
    await agent.shows(/❯ the second\n {2}⎿ {2}Queued/);
    expect(agent.all('turn-begin')).toHaveLength(1);
    await until(() => agent.all('turn-end').length === 2);
    expect(
      agent
        .lines()
        .map(({ event }) => event)
        .filter((event) => event.startsWith('turn')),
    ).toEqual(['turn-begin', 'turn-end', 'turn-begin', 'turn-end']);
  });

  it('is lost for its Enter, but not for its text, before the prompt is up', async () => {
    const agent = openStage().launch({ scenario: { start: { readyMs: 20_000 } } });
    await agent.saw('start');
    await new Promise((resolve) => setTimeout(resolve, 200));
    agent.keys('-l', 'too early');
    agent.keys('Enter');
    await agent.shows(/❯\u00a0too early/);
    expect(agent.all('prompt')).toEqual([]);
  });
});

describe('a rule that refuses', () => {
  it('leaves the prompt in the box, and no turn begins', async () => {
    const agent = openStage().launch({ scenario: { rules: [{ refuse: true }] }, prompt: 'not taken' });
    await agent.saw('prompt-refused');
    await agent.shows(/❯\u00a0not taken/);
    expect(agent.all('turn-begin')).toEqual([]);
  });
});
