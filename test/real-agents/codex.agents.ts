import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { codexKit, keyOf } from './codex-kit.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { bodyOf, conversations, course, HOSTILE_BODY, reporting, says } from './scripts.ts';
import { responses } from './stub/responses.ts';

describe.each(versionsOf('codex'))('Codex $version at a task', ({ bin }) => {
  const kit = codexKit(bin);
  const setting = (script: Setting['script'], more: Partial<Setting> = {}): Setting => ({
    kit,
    protocol: responses,
    script,
    ...more,
  });

  it.concurrent('starts in an empty home with no dialog left standing, is given the text byte for byte, and reports', async () => {
    await on(setting(reporting()), async (fleet) => {
      fleet.put('task', HOSTILE_BODY);
      await fleet.loop();
      await fleet.reaches('task', 'done');
      const [turn] = fleet.stub.turns();
      expect(bodyOf(turn?.prompts.at(-1))).toBe(HOSTILE_BODY);
      expect(turn?.key).toBe(keyOf('main'));
      const [record] = fleet.records('task');
      // It chose that id itself.
      expect(record?.conversation).toMatch(/^[0-9a-f-]{36}$/);
      expect(turn?.conversation).toBe(record?.conversation);
      expect(record?.end).toMatchObject({ result: 'done', reason: 'agent-said-so' });
      expect(fleet.told('task.waiting')).toEqual([]);
      await until(async () => (await fleet.status()).sessions['auto-1']?.state === 'free', 20_000);
    });
  });

  it.concurrent('is done where its turn has ended, and not while it goes on', async () => {
    await on(
      setting(() => says('I have thought about it for a while.', 45_000)),
      async (fleet) => {
        fleet.put('task', 'Think.\n');
        await fleet.loop();
        await until(() => fleet.stub.turns().length > 0, 60_000);
        await sleep(6000);
        const { sessions } = await fleet.status();
        expect([sessions['auto-1']?.state, fleet.whereIs('task')]).toEqual(['working', 'claimed']);
        // Told while it runs, by what it wrote down itself.
        expect(sessions['auto-1']?.conversation).toBe(fleet.stub.turns()[0]?.conversation);
        await fleet.reaches('task', 'done', 120_000);
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
      await fleet.reaches('first', 'done', 90_000);
      await fleet.reaches('second', 'done', 90_000);
      const first = fleet.stub.turns().filter(({ toolOutput }) => toolOutput === null);
      expect(first.map(({ prompts }) => bodyOf(prompts.at(-1)))).toEqual([body, 'Another one.\n']);
      expect(first.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
      expect(conversations(first)).toHaveLength(2);
      const known = ['first', 'second'].map((id) => fleet.records(id)[0]?.conversation ?? null);
      expect(known).toEqual(conversations(first));
    });
  });
});
