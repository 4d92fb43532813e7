import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { claudeKit, keyOf } from './claude-kit.ts';
import { versionsOf } from './kit.ts';
import { on, type Setting } from './on.ts';
import { patient, until } from './patient.ts';
import { bodyOf, conversations, course, HOSTILE_BODY, reporting, says } from './scripts.ts';
import { anthropic } from './stub/anthropic.ts';

describe.concurrent.each(versionsOf('claude'))('Claude Code $version at a task', ({ bin }) => {
  const kit = claudeKit(bin);
  const setting = (script: Setting['script']): Setting => ({ kit, protocol: anthropic, script });

  it('starts in an empty home with no dialog left standing, is given the text byte for byte, and reports', async () => {
    await on(setting(reporting()), async (fleet) => {
      fleet.put('task', HOSTILE_BODY);
      await fleet.loop();
      await fleet.reaches('task', 'done');
      const [turn] = fleet.stub.turns();
      expect(bodyOf(turn?.prompts.at(-1))).toBe(HOSTILE_BODY);
      expect(turn?.key).toBe(keyOf('main'));
      const [record] = fleet.records('task');
      expect(turn?.conversation).toBe(record?.conversation);
      expect(record?.end).toMatchObject({ result: 'done', reason: 'agent-said-so' });
      expect(fleet.told('task.waiting')).toEqual([]);
      // Its place is free again: nothing of it stays.
      await until(async () => (await fleet.status()).sessions['auto-1']?.state === 'free', 20_000);
    });
  });

  it('is done where its turn has ended, and not while it goes on', async () => {
    await on(
      setting(() => says('I have thought about it for a while.', Math.min(60_000, patient(20_000)))),
      async (fleet) => {
        fleet.put('task', 'Think.\n');
        await fleet.loop();
        await until(() => fleet.stub.turns().length > 0, 60_000);
        await sleep(3000);
        const { sessions } = await fleet.status();
        expect([sessions['auto-1']?.state, fleet.whereIs('task')]).toEqual(['working', 'claimed']);
        await fleet.reaches('task', 'done');
        expect(fleet.records('task')[0]?.end).toMatchObject({ result: 'done', reason: 'turn-ended' });
        expect(course(fleet.stub.turns())).toEqual([[keyOf('main'), 'text']]);
      },
    );
  });

  it('is given 200 lines byte for byte, one task after the other, each in a conversation of its own', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${String(i + 1)}. ${'word '.repeat(i % 17)}\\`);
    const body = `${lines.join('\n')}\n`;
    await on(setting(reporting()), async (fleet) => {
      fleet.put('first', body);
      fleet.put('second', 'Another one.\n');
      await fleet.loop();
      await fleet.reaches('first', 'done', 90_000);
      await fleet.reaches('second', 'done', 90_000);
      // What it says after its report may be cut off: its task is over.
      const turns = fleet.stub.turns().filter(({ toolOutput }) => toolOutput === null);
      expect(turns.map(({ prompts }) => bodyOf(prompts.at(-1)))).toEqual([body, 'Another one.\n']);
      expect(turns.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
      expect(conversations(turns)).toHaveLength(2);
    });
  });

  it('is pointed at a text that no command line takes', async () => {
    const body = `${'A long line of a long task. '.repeat(5000)}\n`;
    await on(
      setting((asked) => {
        const file = /(?<path>\/\S+task\.md)/.exec(asked.prompts.at(-1) ?? '')?.groups?.['path'] ?? '';
        if (asked.toolOutput !== null) return says(asked.toolOutput);
        return { type: 'shell', command: `sha256sum < ${file}` };
      }),
      async (fleet) => {
        fleet.put('task', body);
        await fleet.loop();
        await fleet.reaches('task', 'done');
        const { createHash } = await import('node:crypto');
        const digest = createHash('sha256').update(body).digest('hex');
        expect(fleet.stub.turns().at(-1)?.toolOutput).toContain(digest);
      },
    );
  });
});
