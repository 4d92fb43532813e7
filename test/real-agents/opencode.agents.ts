import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { opencodeKit, keyOf } from './opencode-kit.ts';
import type { Fleet } from './fleet.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { operatorIn } from './operator.ts';
import { bodyOf, course, HOSTILE_BODY, limited, reporting, says } from './scripts.ts';
import { chat } from './stub/chat.ts';
import type { Asked } from './stub/protocol.ts';

const HOUR = 3_600_000;
const QUESTION = 'Which of the two colours do you want?';

// Its first start takes long where its service is all that can be reached: it tries to fetch what it uses.
describe.each(versionsOf('opencode'))('OpenCode $version at a task', { timeout: 900_000 }, ({ bin }) => {
  const kit = opencodeKit(bin);
  const setting = (script: Setting['script'], more: Partial<Setting> = {}): Setting => ({
    kit,
    protocol: chat,
    script,
    ...more,
  });

  it.concurrent('starts with no dialog left standing, is given the text byte for byte, and reports', async () => {
    await on(setting(reporting()), async (fleet) => {
      fleet.put('task', HOSTILE_BODY);
      await fleet.loop();
      await fleet.reaches('task', 'done', 400_000);
      const [turn] = fleet.stub.turns();
      expect(bodyOf(turn?.prompts.at(-1))).toBe(HOSTILE_BODY);
      expect(turn?.key).toBe(keyOf('main'));
      const [record] = fleet.records('task');
      expect(record?.end).toMatchObject({ result: 'done', reason: 'agent-said-so' });
      expect(fleet.told('task.waiting')).toEqual([]);
      await until(async () => (await fleet.status()).sessions['auto-1']?.state === 'free', 30_000);
    });
  });

  it.concurrent('is done where its turn has ended, and not while it goes on', async () => {
    await on(
      setting(() => says('I have thought about it for a while.', 15_000)),
      async (fleet) => {
        fleet.put('task', 'Think.\n');
        await fleet.loop();
        await until(() => fleet.stub.turns().length > 0, 300_000);
        await sleep(6000);
        const { sessions } = await fleet.status();
        expect([sessions['auto-1']?.state, fleet.whereIs('task')]).toEqual(['working', 'claimed']);
        await fleet.reaches('task', 'done', 400_000);
        expect(fleet.records('task')[0]?.end).toMatchObject({ result: 'done', reason: 'turn-ended' });
        expect(course(fleet.stub.turns())).toEqual([[keyOf('main'), 'text']]);
      },
    );
  });

  it.concurrent('is given 200 lines byte for byte, one task after the other, each in a conversation of its own', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${String(i + 1)}. ${'word '.repeat(i % 17)}\\`);
    const body = `${lines.join('\n')}\n`;
    await on(setting(reporting()), async (fleet) => {
      fleet.put('first', body);
      fleet.put('second', 'Another one.\n');
      await fleet.loop();
      await fleet.reaches('first', 'done', 400_000);
      await fleet.reaches('second', 'done', 400_000);
      const turns = fleet.stub.turns().filter(({ toolOutput }) => toolOutput === null);
      expect(turns.map(({ prompts }) => prompts.map(bodyOf))).toEqual([[body], ['Another one.\n']]);
    });
  });

  it.concurrent('has a question: it is told once, left standing, and goes on when somebody answers', async () => {
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null
        ? { type: 'ask', question: QUESTION, options: ['Red', 'Blue'] }
        : says(`It is: ${toolOutput}`);
    await on(setting(script), async (fleet) => {
      fleet.put('task', 'Ask me.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining(QUESTION),
      ]);
      press(fleet, 'Down');
      press(fleet, 'Enter');
      await fleet.reaches('task', 'done', 400_000);
      expect(fleet.stub.turns().at(-1)?.toolOutput).toContain('Blue');
    });
  });

  it.concurrent('asks for a permission: nothing is allowed by itself, and it goes on when somebody does', async () => {
    const command = 'touch allowed-by-a-person';
    const script: Setting['script'] = ({ toolOutput }) =>
      toolOutput === null ? { type: 'shell', command } : says('Done.');
    await on(setting(script), async (fleet) => {
      const made = join(fleet.work, 'allowed-by-a-person');
      fleet.put('task', 'Make a file.\n');
      await fleet.loop();
      await waiting(fleet);
      expect(existsSync(made)).toBe(false);
      expect(fleet.told('task.waiting').map(({ message }) => message)).toEqual([
        expect.stringContaining(command),
      ]);
      press(fleet, 'Enter');
      await fleet.reaches('task', 'done', 400_000);
      expect(existsSync(made)).toBe(true);
    });
  });

  it.concurrent('is an operator’s: it gets not one byte, whatever becomes of the pool beside it', async () => {
    const pool = limited({ [keyOf('main')]: HOUR }, reporting());
    const script: Setting['script'] = (asked, before) =>
      isTheirs(asked)
        ? says('Good day.')
        : pool(
            asked,
            before.filter((each) => !isTheirs(each)),
          );
    const more = 'dedicated: { mine: { cwd: ~/work, agent: opencode, onSwap: resume } }\n';
    await on(setting(script, { more }), async (fleet) => {
      await fleet.loop();
      const env = { ...kit.env(fleet.stub.url), XDG_DATA_HOME: fleet.homeOf('main') };
      const command = `opencode --prompt 'Good day to you'`;
      const mine = await operatorIn(fleet, 'mine', env, command, { recorded: true });
      await until(() => mine.screen().includes('Good day.'), 300_000);
      await settled(() => mine.screen());
      const before = { keys: mine.keys(), screen: mine.screen(), agent: mine.agent() };
      fleet.put('task', 'Do it.\n');
      await fleet.reaches('task', 'done', 400_000);
      expect(fleet.told('swap.done')).toHaveLength(1);
      const { diagnostics } = await fleet.status();
      expect(diagnostics.find(({ code }) => code === 'swap-left')?.target).toBe('session/mine');
      expect({ keys: mine.keys(), screen: mine.screen(), agent: mine.agent() }).toEqual(before);
    });
  });
});

function isTheirs({ prompts }: Asked): boolean {
  return prompts.some((text) => text.startsWith('Good day to you'));
}

function press(fleet: Fleet, key: string): void {
  fleet.machine.tmux('send-keys', '-t', '=auto-1:', key);
}

/** Waits until status says that its session waits; then for a while, for nothing may come of it by itself. */
async function waiting(fleet: Fleet): Promise<void> {
  const state = async (): Promise<string | undefined> => (await fleet.status()).sessions['auto-1']?.state;
  await until(async () => (await state()) === 'waiting', 300_000);
  await fleet.tells('task.waiting');
  await sleep(8000);
  expect([await state(), fleet.whereIs('task')]).toEqual(['waiting', 'claimed']);
}

/** Waits until a screen is the same for two seconds. */
async function settled(screen: () => string): Promise<void> {
  for (let last = ''; last !== screen(); ) {
    last = screen();
    await sleep(2000);
  }
}
